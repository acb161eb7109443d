namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>What a pull cannot be faster than: bare sockets between two shared mappings.</summary>
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
}
