using RayOrleans;

namespace RayOrleans.Api.Tests.Compile;

/// <summary>The examples of the documentation that the contract does not hold already. Compiled, never run.</summary>
internal static class ApiExamples
{
    private static readonly RemoteOptions Heavy = Ray.Options(numCpus: 2, memory: 1 << 30);

    internal sealed record Row(int A);

    private sealed class Stats
    {
        public Task<int> CountAsync(CancellationToken token) => Task.FromResult(token.IsCancellationRequested ? 0 : 1);

        public ValueTask SaveAsync(int n, CancellationToken token) => token.IsCancellationRequested ? default : new(Task.Delay(n, token));

        public Task Many(int a, string b, double c) => Task.FromResult(a + b + c);

        public IEnumerable<Row> Rows() => [];
    }

    private static int Add(int a, int b) => a + b;

    private static Row Join(Row a, string b, double c, Guid d) => new(a.A + b.Length + (int)c + d.Version);

    private static async Task<int> Poll(string path, CancellationToken token)
    {
        await Task.Delay(1, token);
        return path.Length;
    }

    private static T Same<T>(T value) => value;

    internal static async Task Starting()
    {
        await using IRay one = await Ray.InitAsync(new RayOptions { Nodes = 2, Resources = { ["tpu"] = 1 } });
        await using IRay two = await Ray.InitAsync("ray://10.0.0.7:30000", o => o.Namespace = "prod");
        using (Ray.Use(two))
        {
            _ = Ray.Put(1);
        }
    }

    internal static async Task Tasks(ObjectRef<Row> row, ObjectRef<string> text)
    {
        ObjectRef<int> a = Heavy.Remote(Add, 1, 2);
        ObjectRef<int> b = (Heavy with { NumCpus = 3, Name = "b" }).Remote(Add, a, a);
        ObjectRef<Row> c = Ray.Remote(Join, row, "x", 1.5, Guid.Empty);
        ObjectRef<Row> d = Ray.Remote(Join, row, text, 1.5, Guid.Empty);
        ObjectRef<int> e = Ray.Remote(Poll, "path");
        ObjectRef<int> f = Ray.Remote(Poll, text);
        ObjectRef<int> g = Ray.Remote(Poll, text, CancellationToken.None);
        ObjectRef<string> h = Ray.Remote(Same<string>, text);
        ObjectRef<int> many = Ray.Remote((int a1, int a2, int a3, int a4, int a5) => a1 + a2 + a3 + a4 + a5, a, 2, b, 4, 5);
        ObjectRef<int> more = Ray.Remote(async (int a1, int a2, int a3, int a4, int a5, int a6) => { await Task.Yield(); return a6; }, 1, 2, 3, 4, 5, b);
        var (x, y, z) = Ray.Remote(() => (1, "2", 3.0));
        ObjectRef<string> second = y;
        ObjectRef<double> third = z;
        _ = (x, second, third, c, d, e, f, g, h, many, more);
        ObjectRef plain = Ray.Remote(Console.WriteLine, "text");
        await plain;
        int value = await a.AsTask(CancellationToken.None);
        _ = value;
    }

    internal static async Task Objects(ObjectRef<int> a, List<ObjectRef<int>> refs, IEnumerable<ObjectRef<int>> sequence, IRay ray)
    {
        ObjectRef<byte[]> safe = Ray.Put(new byte[8], Durability.Replicated);
        IReadOnlyList<int> b = Ray.Get(sequence);
        IReadOnlyList<int> c = await Ray.GetAsync(sequence, TimeSpan.FromSeconds(1), CancellationToken.None);
        IReadOnlyList<int> d = ray.Get(sequence);
        IReadOnlyList<int> e = ray.Get([a, a]);
        IReadOnlyList<int> f = ray.Get(refs);
        WaitResult<int> g = ray.Wait(refs, numReturns: 2, timeout: TimeSpan.FromSeconds(1), fetchLocal: false);
        WaitResult h = ray.Wait([a, safe]);
        WaitResult i = await Ray.WaitAsync([a, safe]);
        ObjectRef[] mixed = [a, safe];
        WaitResult j = Ray.Wait(mixed);
        IReadOnlyList<ObjectRef<int>> notReady = refs;
        while (notReady.Count > 0)
        {
            (IReadOnlyList<ObjectRef<int>> ready, notReady) = Ray.Wait(notReady);
            _ = ready;
        }

        using Pinned<int> pinned = Ray.GetPinned(a);
        using SharedBuffer<float> buffer = Ray.CreateBuffer<float>(1024);
        buffer.Span.Fill(1);
        ObjectRef<ReadOnlyMemory<float>> sealedBuffer = buffer.Seal();
        long version = await Ray.Kv.PutAsync("key", new byte[] { 1 });
        bool won = await Ray.Kv.TryPutAsync("key", new byte[] { 2 }, version) is not null;
        Ray.Cancel(a, force: true, recursive: false);
        _ = (b, c, d, e, f, g, h, i, j, sealedBuffer, won);
    }

    internal static async Task Actors(IRay ray, ObjectRef<int> n)
    {
        var named = Ray.Options(
            name: "stats", @namespace: "prod", lifetime: ActorLifetime.Detached, maxRestarts: 3, maxTaskRetries: 2, maxConcurrency: 16,
            maxPendingCalls: 10_000, getIfExists: true, numGpus: 0.5).Actor(() => new Stats());
        ObjectRef<int> count = named.Remote((s, token) => s.CountAsync(token));
        ObjectRef saved = named.Remote((s, x, token) => s.SaveAsync(x, token), n);
        ObjectRef much = named.Remote((s, a, b, c) => s.Many(a, b, c), 1, "b", 2.0);
        ObjectRefStream<Row> rows = named.Stream(s => s.Rows());
        ActorHandle<Stats> again = ray.GetActor<Stats>("stats", "prod");
        ActorHandle<Stats> later = ray.Actor(async () => { await Task.Yield(); return new Stats(); });
        Ray.Kill(again);
        await count;
        await saved;
        _ = (much, rows, later);
    }

    internal static async Task Placing(NodeId node, PlacementGroup group)
    {
        RemoteOptions a = Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(node, soft: true), labelSelector: new() { ["zone"] = "!a" });
        RemoteOptions b = a with { SchedulingStrategy = SchedulingStrategy.Spread, RetryExceptions = [typeof(IOException), typeof(TimeoutException)] };
        RemoteOptions c = Ray.Options(
            retryExceptions: false,
            schedulingStrategy: SchedulingStrategy.PlacementGroup(group),
            runtimeEnv: new() { EnvironmentVariables = new Dictionary<string, string> { ["A"] = "1" } },
            isolation: Isolation.JobProcess);
        PlacementGroup made = await Ray.PlacementGroupAsync([new(cpu: 1, gpu: 0.5), new(resources: new() { ["tpu"] = 1 })]);
        await made.ReadyAsync(TimeSpan.FromSeconds(1));
        StateList<TaskInfo> running = await Ray.State.TasksAsync(t => t.State == TaskState.Running, limit: 10);
        StateList<ActorInfo> actors = Ray.State.Actors();
        IReadOnlyList<ObjectRef<double>> mapped = Ray.Map(new[] { 1, 2 }, async x => { await Task.Yield(); return x + 1.0; });
        IReadOnlyList<ObjectRef<string>> onward = Ray.Map(mapped, x => $"{x}");
        _ = (b, c, running.Truncated, actors.Total, onward, Ray.Context.GpuIds);
    }
}
