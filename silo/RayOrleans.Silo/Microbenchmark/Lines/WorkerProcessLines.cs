using System.Diagnostics;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Tasks in worker processes of a node: through its socket, with no shortcut.</summary>
internal static class WorkerProcessLines
{
    private const int InFlight = 10_000;

    /// <summary>Until a spare process, which is started a moment after the one before it was taken, is ready.</summary>
    private static readonly TimeSpan SparePause = TimeSpan.FromSeconds(3);

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("single client tasks sync [worker process]", Units.Tasks, RuntimeProfile.Workers)
        {
            Open = Sync,
            Limit = static _ => new(LimitKind.SocketRoundTrip),
        },
        new("single client tasks async [worker process]", Units.Tasks, RuntimeProfile.Workers)
        {
            Open = Async,
            Limit = static _ => new(LimitKind.SocketPipelined),
        },
        new("first task of a worker process [cold]", Units.Milliseconds, RuntimeProfile.Workers)
        {
            Open = static context => Start(context, isWarm: false),
            Limit = static _ => new(LimitKind.AllowedStart),
            SmallerIsBetter = true,
        },
        new("first task of a worker process [warm spare]", Units.Milliseconds, RuntimeProfile.Workers)
        {
            Open = static context => Start(context, isWarm: true),
            Limit = static _ => new(LimitKind.AllowedWarmStart),
            SmallerIsBetter = true,
        },
    ];

    private static RateRun Sync(LineContext context)
    {
        RemoteOptions shared = context.Ray.Options(isolation: Isolation.JobProcess);
        return new RateRun(context.Scale, () => context.Ray.Get(shared.Remote(Functions.SmallValue)));
    }

    private static RateRun Async(LineContext context)
    {
        RemoteOptions shared = context.Ray.Options(isolation: Isolation.JobProcess);
        int count = context.Scale.Count(InFlight);
        return new RateRun(context.Scale, Round, count);

        void Round()
        {
            ObjectRef<string>[] refs = new ObjectRef<string>[count];
            for (int i = 0; i < count; i++)
            {
                refs[i] = shared.Remote(Functions.SmallValue);
            }

            Expect.Equal(count, context.Ray.Get(refs).Count);
        }
    }

    /// <summary>An actor takes the spare process, or, behind another one that has taken it, one that is started for it.</summary>
    private static TimedRun Start(LineContext context, bool isWarm)
    {
        return new TimedRun(() => Sample(), Sample);

        double Sample()
        {
            RemoteOptions own = context.Ray.Options(isolation: Isolation.Process, numCpus: 0);
            if (isWarm)
            {
                // The spare gets ready beside the figure, not within it.
                Thread.Sleep(SparePause);
            }

            ActorHandle<BenchmarkActor>? before = isWarm ? null : own.Actor(static () => new BenchmarkActor());
            long start = Stopwatch.GetTimestamp();
            ActorHandle<BenchmarkActor> actor = own.Actor(static () => new BenchmarkActor());
            Expect.Equal(2, context.Ray.Get(actor.Remote(static a => a.SmallValue())).Length);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            context.Ray.Kill(actor);
            if (before is not null)
            {
                context.Ray.Get(before.Remote(static a => a.SmallValue()));
                context.Ray.Kill(before);
            }

            return milliseconds;
        }
    }
}
