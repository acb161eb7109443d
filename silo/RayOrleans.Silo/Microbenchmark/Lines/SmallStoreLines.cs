using System.Diagnostics;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Far more bytes than the store holds go through it; no handle is ever disposed.</summary>
internal static class SmallStoreLines
{
    private const int Puts = 1000;
    private const int FullFactor = 10;
    private const int WarmUpShare = 10;
    private const long PutBytes = 50_000_000;
    private const double BytesPerGigabyte = 1e9;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("put 50 MB through 1 GB store [dropped]", Units.Gigabytes, RuntimeProfile.SmallStore)
        {
            ShowsStore = true,
            Open = Open,
            Limit = static scale => new(LimitKind.Copy, scale.Bytes(PutBytes)),
        },
    ];

    private static TimedRun Open(LineContext context)
    {
        int puts = context.Scale.Count(context.Scale.Full ? Puts * FullFactor : Puts, 20);
        long[] numbers = context.Data.Numbers(context.Scale.Bytes(PutBytes));
        return new TimedRun(
            () => PutAndDrop(context.Ray, numbers, Math.Max(1, puts / WarmUpShare)),
            () => PutAndDrop(context.Ray, numbers, puts));
    }

    private static double PutAndDrop(IRay ray, long[] numbers, int puts)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < puts; i++)
        {
            ray.Put(numbers);
        }

        return puts * (double)numbers.Length * sizeof(long) / BytesPerGigabyte / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
