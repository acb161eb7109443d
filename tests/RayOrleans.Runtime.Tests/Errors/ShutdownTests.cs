namespace RayOrleans.Runtime.Tests.Errors;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Dispose_WithPendingWork_EndsEveryWait()
    {
        IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> running = ray.Remote(g => g.Enter(), gate);
        ObjectRef<int> queued = ray.Remote(() => 1);
        ObjectRef<int> dependent = ray.Remote(x => x, running);
        ObjectRef<int> infeasible = ray.Options(numCpus: 50).Remote(() => 1);
        gate.AwaitArrivals(1);
        Task[] waits =
        [
            Patience.OnThread(() => ray.Get(running), "Get over a shutdown"),
            Patience.OnThread(() => ray.Get([queued, dependent]), "Get of two over a shutdown"),
            ray.GetAsync(dependent).AsTask(),
            ray.GetAsync([queued, infeasible], TimeSpan.FromDays(1)).AsTask(),
            infeasible.AsTask(),
            ((Func<Task>)(async () => await queued))(),
        ];
        Task<WaitResult<int>> wait = Patience.OnThread(() => ray.Wait([infeasible]), "Wait over a shutdown");
        Task disposal = ray.DisposeAsync().AsTask();
        foreach (Task waiting in waits)
        {
            await Assert.ThrowsAsync<NodeDiedException>(() => waiting.WaitAsync(Patience.Limit));
        }

        _ = Assert.Single((await wait).Ready);
        gate.Open();
        await disposal.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Dispose_WithARunningTask_CancelsItsToken()
    {
        IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        Gate ended = Gate.New();
        _ = ray.Remote(
            (g, e) =>
            {
                try
                {
                    g.Enter(Ray.Context.CancellationToken);
                }
                finally
                {
                    e.Arrive();
                }
            },
            gate,
            ended);
        gate.AwaitArrivals(1);
        await ray.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
        ended.AwaitArrivals(1);
    }

    [Fact]
    public async Task Dispose_WithTasksThatWaitForOthers_EndsThem()
    {
        IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        Gate ended = Gate.New();
        for (int i = 0; i < 5; i++)
        {
            _ = ray.Options(numCpus: 0).Remote(
                (g, e) =>
                {
                    try
                    {
                        g.Arrive();
                        return Ray.Get(Ray.Options(numCpus: 50).Remote(() => 1));
                    }
                    finally
                    {
                        e.Arrive();
                    }
                },
                gate,
                ended);
        }

        gate.AwaitArrivals(5);
        await ray.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
        ended.AwaitArrivals(5);
    }

    [Fact]
    public async Task Dispose_WithAPlacementGroupThatIsNotReady_EndsTheWaitForIt()
    {
        IRay ray = await Nodes.StartAsync(1);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 5)]);
        Task ready = group.ReadyAsync().AsTask();
        await ray.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
        await Assert.ThrowsAsync<NodeDiedException>(() => ready.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Dispose_WithAPutThatWaitsForRoom_EndsIt()
    {
        IRay ray = await Nodes.StartAsync();
        ObjectRef<byte[]> kept = ray.Put(new byte[40 << 20]);
        Task<ObjectRef<byte[]>> waiting = ray.PutAsync(new byte[40 << 20]).AsTask();
        Task blocked = Patience.OnThread(() => ray.Put(new byte[40 << 20]), "Put over a shutdown");
        Patience.Until(() => ray.Services().Store.GetTotals().Waiting == 2, "both puts waited");
        await ray.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
        await Assert.ThrowsAsync<NodeDiedException>(() => waiting.WaitAsync(Patience.Limit));
        await Assert.ThrowsAsync<NodeDiedException>(() => blocked.WaitAsync(Patience.Limit));
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task DisposedRuntime_RefusesEverythingAndSaysWhy()
    {
        IRay ray = await Nodes.StartAsync();
        ObjectRef<int> small = ray.Put(1);
        ObjectRef<byte[]> large = ray.Put(new byte[1 << 20]);
        await ray.DisposeAsync();
        await ray.DisposeAsync();
        Assert.Contains("shut down", Assert.Throws<NodeDiedException>(() => ray.Put(2)).Message);
        Assert.Throws<NodeDiedException>(() => ray.Remote(() => 1));
        Assert.Throws<NodeDiedException>(() => ray.Remote(x => x, small));
        Assert.Throws<NodeDiedException>(() => ray.CreateBuffer<int>(5));
        await Assert.ThrowsAsync<NodeDiedException>(async () => await ray.PutAsync(2));
        await Assert.ThrowsAsync<NodeDiedException>(async () => await ray.PlacementGroupAsync([new(cpu: 1)]));
        Assert.Contains("shut down", Assert.ThrowsAny<RayException>(() => ray.Get(large)).Message);
        Assert.Contains("shut down", (await Assert.ThrowsAnyAsync<RayException>(async () => await large)).Message);
        small.Dispose();
        large.Dispose();
    }

    [Fact]
    public async Task DisposedRuntime_LeavesNoThreads()
    {
        IRay ray = await Nodes.StartAsync();
        Assert.Equal(100, ray.Get(ray.Map(Enumerable.Range(0, 100), x => x), Patience.Limit).Count);
        WorkerPool pool = ray.Services().Pool;
        await ray.DisposeAsync();
        Patience.Until(() => pool.ThreadCount == 0, "every worker thread had ended");
    }

    [Fact]
    public async Task Runtimes_StartedAndDisposedInTurn_AreIndependent()
    {
        for (int i = 0; i < 5; i++)
        {
            await using IRay ray = await Nodes.StartAsync(1);
            Assert.Equal(i, ray.Get(ray.Remote(x => x, i), Patience.Limit));
        }
    }
}
