using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Calls of actors whose methods are asynchronous.</summary>
internal static class AsyncActorLines
{
    private const int InFlight = 1000;
    private const int CallsPerServer = 5000;
    private const int Workers = 4;

    private static readonly LimitKey Pipelined = new(LimitKind.Pipelined);

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("1:1 async-actor calls sync [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = Sync, Limit = static _ => new(LimitKind.RoundTrip) },
        new("1:1 async-actor calls async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = Async, Limit = static _ => Pipelined },
        new("1:1 async-actor calls with args async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = AsyncWithArguments, Limit = static _ => Pipelined },
        new("1:n async-actor calls async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = OneToMany, Limit = static _ => Pipelined },
        new("n:n async-actor calls async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = ManyToMany, Limit = static _ => Pipelined },
    ];

    private static RateRun Sync(LineContext context)
    {
        ActorHandle<AsyncBenchmarkActor> server = Server(context.Ray);
        return new RateRun(
            context.Scale,
            () => context.Ray.Get(server.Remote(static actor => actor.SmallValueAsync())),
            1,
            () => context.Ray.Kill(server));
    }

    private static RateRun Async(LineContext context) =>
        Batches(context, static (server, _) => server.Remote(static actor => actor.SmallValueAsync()));

    private static RateRun AsyncWithArguments(LineContext context) =>
        Batches(context, static (server, i) => server.Remote(static (actor, x) => actor.SmallValueForAsync(x), i));

    private static RateRun Batches(LineContext context, Func<ActorHandle<AsyncBenchmarkActor>, int, ObjectRef<string>> call)
    {
        int count = context.Scale.Count(InFlight);
        ActorHandle<AsyncBenchmarkActor> server = Server(context.Ray);
        return new RateRun(
            context.Scale,
            () =>
            {
                ObjectRef<string>[] refs = new ObjectRef<string>[count];
                for (int i = 0; i < count; i++)
                {
                    refs[i] = call(server, i);
                }

                Expect.Equal(count, context.Ray.Get(refs).Count);
            },
            count,
            () => context.Ray.Kill(server));
    }

    private static RateRun OneToMany(LineContext context)
    {
        int calls = context.Scale.Count(CallsPerServer);
        ActorHandle<AsyncBenchmarkActor>[] servers = Servers(context.Ray);
        ActorHandle<AsyncClientActor> client = context.Ray.Options(numCpus: 0).Actor(static s => new AsyncClientActor(s), servers);
        return new RateRun(
            context.Scale,
            () => Expect.Equal(calls * servers.Length, context.Ray.Get(client.Remote(static (actor, n) => actor.Batch(n), calls))),
            calls * servers.Length,
            () => Kill(context.Ray, [client, .. servers]));
    }

    private static RateRun ManyToMany(LineContext context)
    {
        int calls = context.Scale.Count(CallsPerServer);
        ActorHandle<AsyncBenchmarkActor>[] servers = Servers(context.Ray);
        return new RateRun(
            context.Scale,
            () =>
            {
                ObjectRef<int>[] refs = new ObjectRef<int>[Workers];
                for (int i = 0; i < Workers; i++)
                {
                    refs[i] = context.Ray.Remote(Functions.CallAsyncActors, servers, calls);
                }

                Expect.Equal(calls * Workers, context.Ray.Get(refs).Sum());
            },
            calls * Workers,
            () => Kill(context.Ray, servers));
    }

    private static ActorHandle<AsyncBenchmarkActor> Server(IRay ray) => ray.Actor(static () => new AsyncBenchmarkActor());

    private static ActorHandle<AsyncBenchmarkActor>[] Servers(IRay ray) =>
        [.. Enumerable.Range(0, ActorLines.Several).Select(_ => Server(ray))];

    private static void Kill(IRay ray, IEnumerable<ActorHandle> actors)
    {
        foreach (ActorHandle actor in actors)
        {
            ray.Kill(actor);
        }
    }
}
