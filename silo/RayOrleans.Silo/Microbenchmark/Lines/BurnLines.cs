using System.Diagnostics;
using RayOrleans.Grains;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Whether the silo answers while user code keeps every core busy: the longest of the pings that a thread sends meanwhile.</summary>
internal static class BurnLines
{
    private static readonly TimeSpan BetweenPings = TimeSpan.FromMilliseconds(10);

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        Line("silo ping while nothing burns", null),
        Line("silo ping while cores burn [sync]", static ray => ray.Remote(Burns.Sync)),
        Line("silo ping while cores burn [after await]", static ray => ray.Remote(Burns.AfterAnAwait)),
        Line("silo ping while cores burn [Parallel.For]", static ray => ray.Remote(Burns.InParallelFor)),
        Line("silo ping while cores burn [Task.Run]", static ray => ray.Remote(Burns.InTaskRun)),
    ];

    private static BenchmarkLine Line(string name, Func<IRay, ObjectRef<int>>? burn) => new(name, Units.Milliseconds, RuntimeProfile.Silo)
    {
        Open = context => new TimedRun(() => LongestPing(context, burn, context.Scale.WarmUpTime), () => LongestPing(context, burn, context.Scale.BurnTime)),
        Limit = static _ => new(LimitKind.AllowedDelay),
        SmallerIsBetter = true,
    };

    private static double LongestPing(LineContext context, Func<IRay, ObjectRef<int>>? burn, TimeSpan time)
    {
        Burns.Light();
        ObjectRef<int>[] burns = burn is null ? [] : [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => burn(context.Ray))];
        try
        {
            return LongestPing(context.Scheduler!, time).TotalMilliseconds;
        }
        finally
        {
            Burns.Stop();
            Expect.Equal(burns.Length, context.Ray.Get(burns).Count);
        }
    }

    private static TimeSpan LongestPing(ILocalSchedulerGrain scheduler, TimeSpan time)
    {
        TimeSpan longest = TimeSpan.Zero;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long sent = Stopwatch.GetTimestamp();
            scheduler.Ping().AsTask().GetAwaiter().GetResult();
            TimeSpan took = Stopwatch.GetElapsedTime(sent);
            longest = took > longest ? took : longest;
            Thread.Sleep(BetweenPings);
        }
        while (Stopwatch.GetElapsedTime(start) < time);
        return longest;
    }
}
