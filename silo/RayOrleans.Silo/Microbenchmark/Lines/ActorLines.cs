using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Calls of actors whose methods are ordinary ones.</summary>
internal static class ActorLines
{
    private const int InFlight = 1000;
    private const int CallsPerServer = 5000;
    private const int CallsWithArgument = 1000;
    private const int Workers = 4;
    private const int Concurrency = 16;

    private static readonly LimitKey Pipelined = new(LimitKind.Pipelined);

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("1:1 actor calls sync [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = Sync, Limit = static _ => new(LimitKind.RoundTrip) },
        new("1:1 actor calls async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = static context => Async(context, null), Limit = static _ => Pipelined },
        new("1:1 actor calls concurrent [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = static context => Async(context, Concurrency), Limit = static _ => Pipelined },
        new("1:n actor calls async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = OneToMany, Limit = static _ => Pipelined },
        new("n:n actor calls async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = ManyToMany, Limit = static _ => Pipelined },
        new("n:n actor calls with arg async [hand-off]", Units.Calls, RuntimeProfile.HandOff) { Open = ManyToManyWithArgument, Limit = static _ => Pipelined },
    ];

    /// <summary>Ray's n: half the processors; at least two, so that it means several.</summary>
    public static int Several => Math.Max(2, Environment.ProcessorCount / 2);

    private static RateRun Sync(LineContext context)
    {
        ActorHandle<BenchmarkActor> server = Server(context.Ray);
        return new RateRun(
            context.Scale,
            () => context.Ray.Get(server.Remote(static actor => actor.SmallValue())),
            1,
            () => context.Ray.Kill(server));
    }

    private static RateRun Async(LineContext context, int? concurrency)
    {
        int count = context.Scale.Count(InFlight);
        ActorHandle<BenchmarkActor> server = Server(context.Ray, concurrency);
        return new RateRun(
            context.Scale,
            () =>
            {
                ObjectRef<string>[] refs = new ObjectRef<string>[count];
                for (int i = 0; i < count; i++)
                {
                    refs[i] = server.Remote(static actor => actor.SmallValue());
                }

                Expect.Equal(count, context.Ray.Get(refs).Count);
            },
            count,
            () => context.Ray.Kill(server));
    }

    private static RateRun OneToMany(LineContext context)
    {
        int calls = context.Scale.Count(CallsPerServer);
        ActorHandle<BenchmarkActor>[] servers = Servers(context.Ray);
        ActorHandle<ClientActor> client = Client(context.Ray, servers);
        return new RateRun(
            context.Scale,
            () => Expect.Equal(calls * servers.Length, context.Ray.Get(client.Remote(static (actor, n) => actor.Batch(n), calls))),
            calls * servers.Length,
            () => Kill(context.Ray, [client, .. servers]));
    }

    private static RateRun ManyToMany(LineContext context)
    {
        int calls = context.Scale.Count(CallsPerServer);
        ActorHandle<BenchmarkActor>[] servers = Servers(context.Ray);
        return new RateRun(
            context.Scale,
            () =>
            {
                ObjectRef<int>[] refs = new ObjectRef<int>[Workers];
                for (int i = 0; i < Workers; i++)
                {
                    refs[i] = context.Ray.Remote(Functions.CallActors, servers, calls);
                }

                Expect.Equal(calls * Workers, context.Ray.Get(refs).Sum());
            },
            calls * Workers,
            () => Kill(context.Ray, servers));
    }

    private static RateRun ManyToManyWithArgument(LineContext context)
    {
        int calls = context.Scale.Count(CallsWithArgument);
        ActorHandle<BenchmarkActor>[] servers = Servers(context.Ray);
        ActorHandle<ClientActor>[] clients = [.. servers.Select(server => Client(context.Ray, [server]))];
        return new RateRun(
            context.Scale,
            () =>
            {
                ObjectRef<int>[] refs = [.. clients.Select(client => client.Remote(static (actor, n) => actor.BatchWithArgument(n), calls))];
                Expect.Equal(calls * clients.Length, context.Ray.Get(refs).Sum());
            },
            calls * clients.Length,
            () => Kill(context.Ray, [.. clients, .. servers]));
    }

    private static ActorHandle<BenchmarkActor> Server(IRay ray, int? concurrency = null) =>
        ray.Options(numCpus: 0, maxConcurrency: concurrency).Actor(static () => new BenchmarkActor());

    private static ActorHandle<BenchmarkActor>[] Servers(IRay ray) => [.. Enumerable.Range(0, Several).Select(_ => Server(ray))];

    private static ActorHandle<ClientActor> Client(IRay ray, ActorHandle<BenchmarkActor>[] servers) =>
        ray.Options(numCpus: 0).Actor(static s => new ClientActor(s), servers);

    private static void Kill(IRay ray, IEnumerable<ActorHandle> actors)
    {
        foreach (ActorHandle actor in actors)
        {
            ray.Kill(actor);
        }
    }
}
