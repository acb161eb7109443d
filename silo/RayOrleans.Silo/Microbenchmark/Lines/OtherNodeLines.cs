using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Tasks, actor calls and objects between two nodes in two processes.</summary>
internal static class OtherNodeLines
{
    private const int InFlight = 1000;

    /// <summary>What a pull uses for one large object, so the bare sockets get as many.</summary>
    private const int Connections = 4;

    private static readonly LimitKey OneCall = new(LimitKind.GrainCall);
    private static readonly LimitKey ManyCalls = new(LimitKind.GrainCallsPipelined);

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("single client tasks sync [other node]", Units.Tasks, RuntimeProfile.Pair) { Open = TasksSync, Limit = static _ => OneCall },
        new("single client tasks async [other node]", Units.Tasks, RuntimeProfile.Pair) { Open = TasksAsync, Limit = static _ => ManyCalls },
        new("1:1 actor calls sync [other node]", Units.Calls, RuntimeProfile.Pair) { Open = CallsSync, Limit = static _ => OneCall },
        new("1:1 actor calls async [other node]", Units.Calls, RuntimeProfile.Pair) { Open = CallsAsync, Limit = static _ => ManyCalls },
        new("pull 1 GB [other node]", Units.Gigabytes, RuntimeProfile.Pair)
        {
            Open = static context =>
            {
                NodePull pull = new(context);
                return new TimedRun(pull.WarmUp, pull.Sample);
            },
            Limit = static _ => new(LimitKind.ProcessSocketCopy, Connections),
        },
        new("broadcast 1 GB to 8 nodes [all copies]", Units.Gigabytes, RuntimeProfile.Nine)
        {
            ShowsStore = true,
            Open = static context =>
            {
                NodeBroadcast broadcast = new(context);
                return new TimedRun(broadcast.WarmUp, broadcast.Sample);
            },
            Limit = static _ => new(LimitKind.ProcessSocketCopy, Connections),
        },
    ];

    /// <summary>The other node and no other, whatever is free here.</summary>
    public static SchedulingStrategy OnlyThere(LineContext context) => SchedulingStrategy.NodeAffinity(context.Other);

    private static RateRun TasksSync(LineContext context)
    {
        RemoteOptions there = context.Ray.Options(schedulingStrategy: OnlyThere(context));
        return new RateRun(context.Scale, () => context.Ray.Get(there.Remote(Functions.SmallValue)));
    }

    private static RateRun TasksAsync(LineContext context)
    {
        RemoteOptions there = context.Ray.Options(schedulingStrategy: OnlyThere(context));
        return Async(context, () => there.Remote(Functions.SmallValue), null);
    }

    private static RateRun CallsSync(LineContext context)
    {
        ActorHandle<BenchmarkActor> server = Server(context);
        return new RateRun(
            context.Scale,
            () => context.Ray.Get(server.Remote(static actor => actor.SmallValue())),
            1,
            () => context.Ray.Kill(server));
    }

    private static RateRun CallsAsync(LineContext context)
    {
        ActorHandle<BenchmarkActor> server = Server(context);
        return Async(context, () => server.Remote(static actor => actor.SmallValue()), () => context.Ray.Kill(server));
    }

    private static RateRun Async(LineContext context, Func<ObjectRef<string>> submit, Action? close)
    {
        int count = context.Scale.Count(InFlight);
        return new RateRun(
            context.Scale,
            () =>
            {
                ObjectRef<string>[] refs = new ObjectRef<string>[count];
                for (int i = 0; i < count; i++)
                {
                    refs[i] = submit();
                }

                Expect.Equal(count, context.Ray.Get(refs).Count);
            },
            count,
            close);
    }

    private static ActorHandle<BenchmarkActor> Server(LineContext context) =>
        context.Ray.Options(numCpus: 0, schedulingStrategy: OnlyThere(context)).Actor(static () => new BenchmarkActor());
}
