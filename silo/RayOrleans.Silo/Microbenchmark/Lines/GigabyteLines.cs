using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Puts of large arrays.</summary>
internal static class GigabyteLines
{
    private const int Clients = 4;
    private const int PutsPerRound = 10;
    private const long ClientBytes = 80_000_000;
    private const double BytesPerGigabyte = 1e9;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("single client put gigabytes [disposed]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            ShowsStore = true,
            Open = static context => SingleClient(context, static handle => handle.Dispose()),
            Limit = static scale => new(LimitKind.Copy, scale.Bytes(BenchmarkScale.LargeBytes)),
        },
        new("single client put gigabytes [dropped]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            ShowsStore = true,
            Open = static context => SingleClient(context, static _ => { }),
            Limit = static scale => new(LimitKind.Copy, scale.Bytes(BenchmarkScale.LargeBytes)),
        },
        new("multi client put gigabytes [disposed]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            ShowsStore = true,
            Open = MultiClient,
            Limit = static scale => new(LimitKind.CopyTogether, scale.Bytes(ClientBytes)),
        },
    ];

    private static RateRun SingleClient(LineContext context, Action<ObjectRef> afterwards)
    {
        long bytes = context.Scale.Bytes(BenchmarkScale.LargeBytes);
        long[] numbers = context.Data.Numbers(bytes);
        return new RateRun(context.Scale, () => afterwards(context.Ray.Put(numbers)), bytes / BytesPerGigabyte);
    }

    private static RateRun MultiClient(LineContext context)
    {
        long bytes = context.Scale.Bytes(ClientBytes);
        long[] numbers = context.Data.Numbers(bytes);
        int puts = context.Scale.Count(PutsPerRound);
        ClientThreads clients = new(Clients);
        Action<int> client = _ =>
        {
            for (int i = 0; i < puts; i++)
            {
                context.Ray.Put(numbers).Dispose();
            }
        };
        return new RateRun(context.Scale, () => clients.Run(client), puts * Clients * (bytes / BytesPerGigabyte), clients.Dispose);
    }
}
