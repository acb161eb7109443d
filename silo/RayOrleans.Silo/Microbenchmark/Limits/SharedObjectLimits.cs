using System.Globalization;
using RayOrleans.Silo.Microbenchmark.Parts;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>What lines between a store and other processes stand beside.</summary>
internal static class SharedObjectLimits
{
    private const int MessageBytes = 64;
    private const int Processes = 4;
    private const int InFlight = 1000;
    private const int LiveItems = 1_000_000;
    private const double BytesPerGigabyte = 1e9;

    /// <summary>A message to another process and back.</summary>
    public static RateVariant RoundTrip(BenchmarkScale scale)
    {
        SocketEcho echo = new(MessageBytes, 1);
        return new RateVariant("bare Unix socket", scale, echo.Run, 1, echo);
    }

    /// <summary>Messages to another process and back, all sent together.</summary>
    public static RateVariant Pipelined(BenchmarkScale scale)
    {
        SocketEcho echo = new(MessageBytes, InFlight);
        return new RateVariant("bare Unix socket, 1,000 messages in one send", scale, echo.Run, InFlight, echo);
    }

    /// <summary>Processes that each copy their part of so many bytes into one touched shared mapping.</summary>
    public static RateVariant Copies(BenchmarkScale scale, long bytes)
    {
        SharedMapping target = new(bytes);
        long part = bytes / Processes;
        PartGroup group = new(
            Processes,
            number => [PartCommands.Copy, target.Path, part.ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture)],
            target);
        return new RateVariant($"non-temporal copy, {Processes} processes", scale, group.Run, bytes / BytesPerGigabyte, group);
    }

    /// <summary>A copy into shared memory that nobody has touched.</summary>
    public static unsafe RateVariant FirstTouch(BenchmarkScale scale, long[] source)
    {
        long bytes = (long)source.Length * sizeof(long);
        return new RateVariant("plain copy into untouched memory", scale, FillOnce, bytes / BytesPerGigabyte);

        void FillOnce()
        {
            using SharedMapping fresh = new(bytes, isFresh: true);
            fixed (long* from = source)
            {
                Buffer.MemoryCopy(from, fresh.Start, bytes, bytes);
            }
        }
    }

    /// <summary>Bytes of an item of 64 bytes in a plain dictionary with keys as long as an object's.</summary>
    public static ILimitVariant DictionaryItem(BenchmarkScale scale)
    {
        int count = scale.Count(LiveItems);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Dictionary<(Int128, int), byte[]> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add((i, i), new byte[MessageBytes]);
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(items);
        return new ConstantVariant("dictionary of arrays", Math.Max(1, bytes / (double)count));
    }
}
