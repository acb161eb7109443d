namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>What a pull cannot be faster than: bare sockets between two shared mappings, of this process or of this one and another.</summary>
internal static class SocketCopyLimit
{
    private const double BytesPerGigabyte = 1e9;

    /// <summary>The variants, in gigabytes per second.</summary>
    /// <param name="scale">The times, and the size.</param>
    /// <param name="connections">Over how many connections.</param>
    public static IReadOnlyList<ILimitVariant> Variants(BenchmarkScale scale, int connections)
    {
        SocketCopy copy = new(scale.Bytes(BenchmarkScale.PullBytes), connections);
        double gigabytes = copy.Length / BytesPerGigabyte;
        return
        [
            new RateVariant($"{connections} sockets, 256 KiB", scale, () => copy.Run(256 << 10), gigabytes, copy),
            new RateVariant($"{connections} sockets, 1 MiB", scale, () => copy.Run(1 << 20), gigabytes),
        ];
    }

    /// <summary>The same from another process, as where the nodes are processes of their own: each change between two of them costs more than one between threads.</summary>
    /// <inheritdoc cref="Variants"/>
    public static IReadOnlyList<ILimitVariant> OfTwoProcesses(BenchmarkScale scale, int connections)
    {
        ProcessSocketCopy copy = new(scale.Bytes(BenchmarkScale.PullBytes), connections);
        double gigabytes = copy.Length / BytesPerGigabyte;
        return
        [
            new RateVariant($"{connections} sockets of two processes, 256 KiB", scale, () => copy.Run(256 << 10), gigabytes, copy),
            new RateVariant($"{connections} sockets of two processes, 1 MiB", scale, () => copy.Run(1 << 20), gigabytes),
        ];
    }
}
