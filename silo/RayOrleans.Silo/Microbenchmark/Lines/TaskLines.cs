using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Tasks that run on another thread than the caller's.</summary>
internal static class TaskLines
{
    private const int InFlight = 1000;
    private const int Clients = 4;
    private const int TasksPerClient = 10_000;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("single client tasks and get batch [hand-off]", "batches/s", RuntimeProfile.HandOff)
        {
            Open = static context => Batches(context, 1),
            Limit = static _ => new(LimitKind.Pipelined),
            FromLimit = static (calls, scale) => calls / scale.Count(InFlight),
        },
        new("single client wait 1k refs [hand-off]", Units.Rounds, RuntimeProfile.HandOff)
        {
            Open = Waits,
            Limit = static _ => new(LimitKind.Pipelined),
            FromLimit = static (calls, scale) => calls / scale.Count(InFlight),
        },
        new("single client tasks sync [hand-off]", Units.Tasks, RuntimeProfile.HandOff)
        {
            Open = static context => new RateRun(context.Scale, () => context.Ray.Get(context.Ray.Remote(Functions.SmallValue))),
            Limit = static _ => new(LimitKind.RoundTrip),
        },
        new("single client tasks async [hand-off]", Units.Tasks, RuntimeProfile.HandOff)
        {
            Open = static context => Batches(context, context.Scale.Count(InFlight)),
            Limit = static _ => new(LimitKind.Pipelined),
        },
        new("multi client tasks async [hand-off]", Units.Tasks, RuntimeProfile.HandOff)
        {
            Open = MultiClient,
            Limit = static _ => new(LimitKind.Pipelined),
        },
    ];

    private static RateRun Batches(LineContext context, double perRound)
    {
        int count = context.Scale.Count(InFlight);
        return new RateRun(context.Scale, () => Batch(context.Ray, count), perRound);
    }

    private static void Batch(IRay ray, int count)
    {
        ObjectRef<string>[] refs = new ObjectRef<string>[count];
        for (int i = 0; i < count; i++)
        {
            refs[i] = ray.Remote(Functions.SmallValue);
        }

        Expect.Equal(count, ray.Get(refs).Count);
    }

    private static RateRun Waits(LineContext context)
    {
        int count = context.Scale.Count(InFlight);
        return new RateRun(context.Scale, () => WaitOneByOne(context.Ray, count));
    }

    private static void WaitOneByOne(IRay ray, int count)
    {
        ObjectRef<string>[] refs = new ObjectRef<string>[count];
        for (int i = 0; i < count; i++)
        {
            refs[i] = ray.Remote(Functions.SmallValue);
        }

        IReadOnlyList<ObjectRef<string>> notReady = refs;
        for (int i = 0; i < count; i++)
        {
            (_, notReady) = ray.Wait(notReady);
        }

        Expect.Equal(0, notReady.Count);
    }

    private static RateRun MultiClient(LineContext context)
    {
        int count = context.Scale.Count(TasksPerClient);
        ClientThreads clients = new(Clients);
        Action<int> client = _ => Batch(context.Ray, count);
        return new RateRun(context.Scale, () => clients.Run(client), count * Clients, clients.Dispose);
    }
}
