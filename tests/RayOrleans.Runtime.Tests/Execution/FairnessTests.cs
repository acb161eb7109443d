namespace RayOrleans.Runtime.Tests;

public sealed class FairnessTests
{
    [Fact]
    public async Task Actors_WhileAllCpusAreTaken_MakeProgress()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string gate = Signal.NewName();
        ActorHandle<Counter>[] actors = [.. Enumerable.Range(0, 10).Select(_ => ray.Actor(() => new Counter(0)))];
        foreach (ActorHandle<Counter> actor in actors)
        {
            await actor.Remote(c => c.Value()).Within("an actor lives");
        }

        ObjectRef<int>[] hogs = [.. Enumerable.Range(0, 8).Select(_ => ray.Remote(SpinUntil, gate))];
        for (int round = 1; round <= 20; round++)
        {
            foreach (ActorHandle<Counter> actor in actors)
            {
                Assert.Equal(round, await actor.Remote(c => c.Add(1)).Within("an actor's call beside long tasks"));
            }
        }

        Signal.Of(gate).Set();
        await ray.GetAsync(hogs).AsTask().Within("the long tasks");
    }

    [Fact]
    public async Task Tasks_WhileManyActorsCompute_MakeProgress()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string gate = Signal.NewName();
        ActorHandle<Hog>[] actors = [.. Enumerable.Range(0, 12).Select(_ => ray.Actor(() => new Hog()))];
        ObjectRef<int>[] hogs = [.. actors.Select(a => a.Remote((h, g) => h.Spin(g), gate))];
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(i, await ray.Remote(x => x, i).Within("a task beside actors that compute"));
        }

        Signal.Of(gate).Set();
        await ray.GetAsync(hogs).AsTask().Within("the actors' calls");
    }

    [Fact]
    public async Task TwoShapes_OneFlooding_TheOtherStillRuns()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string stop = Signal.NewName();
        string log = Signal.NewName();
        ObjectRef<int>[] flood = [.. Enumerable.Range(0, 4).Select(_ => ray.Remote(Flood, stop, 0))];

        // Needs both CPUs at once, while tasks of one CPU never run out.
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(2, await ray.Options(numCpus: 2).Remote(() => 2).Within("a task of the larger shape"));
        }

        Assert.Equal(1, await ray.Options(numCpus: 0.25).Remote(() => 1).Within("a task of the smaller shape"));
        Signal.Of(stop).Set();
        await ray.GetAsync(flood).AsTask().Within("the flood");
        Assert.Empty(Signal.Of(log).Log);
    }

    [Fact]
    public async Task InfeasibleAndUnreadyTasks_OthersPass()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int> never = ray.Options(numCpus: 50).Remote(() => 0);
        ObjectRef<int> dependent = ray.Remote(x => x, never);
        Assert.Equal(100, (await ray.GetAsync(Enumerable.Range(0, 100).Select(_ => ray.Remote(() => 1))).AsTask().Within("feasible tasks")).Sum());
        WaitResult<int> result = await ray.WaitAsync([never, dependent], timeout: TimeSpan.FromMilliseconds(20));
        Assert.Empty(result.Ready);
        ray.Cancel(never);
        await dependent.Throws<RayTaskCancelledException>("the dependent of the cancelled task");
    }

    [Fact]
    public async Task DotNetPool_BurntByUserCode_OtherTasksGoOn()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string gate = Signal.NewName();
        ObjectRef<int> burner = ray.Remote(BurnThePool, gate);
        await Signal.Of(gate + ".running").WaitAsync("the pool is burning");
        ObjectRef<int>[] sync = [.. Enumerable.Range(0, 50).Select(i => ray.Remote(x => x, i))];
        ObjectRef<int>[] asynchronous = [.. Enumerable.Range(0, 50).Select(i => ray.Remote(YieldThen, i))];
        foreach (ObjectRef<int> task in sync.Concat(asynchronous))
        {
            await task.Within("a task beside the one that burns the pool");
        }

        Signal.Of(gate).Set();
        Assert.Equal(1, await burner.Within("the burner"));
    }

    [Fact]
    public async Task ManyZeroCpuTasks_BlockedTogether_AllRun()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string gate = Signal.NewName();
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 20).Select(_ => ray.Options(numCpus: 0).Remote(Meet, gate, 20))];
        Assert.Equal(20, (await ray.GetAsync(tasks).AsTask().Within("20 tasks of no CPU that wait for each other")).Sum());
    }

    private static int SpinUntil(string gate)
    {
        while (!Signal.Of(gate).IsSet)
        {
            Thread.SpinWait(100);
        }

        return 1;
    }

    private static int Flood(string stop, int round)
    {
        for (int i = 0; i < 20_000 && !Signal.Of(stop).IsSet; i++)
        {
            Ray.Remote(() => 0).Dispose();
            if (i % 100 == 0)
            {
                Ray.Get(Ray.Remote(() => 0));
            }
        }

        return round;
    }

    private static async Task<int> YieldThen(int value)
    {
        await Task.Yield();
        return await Ray.Remote(x => x, value);
    }

    private static int BurnThePool(string gate)
    {
        int threads = Environment.ProcessorCount * 4;
        Task[] burning = [.. Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            Signal.Of(gate + ".running").Set();
            Signal.Of(gate).Wait();
        }))];
        Parallel.For(0, threads, _ => Signal.Of(gate).Wait());
        Task.WaitAll(burning);
        return 1;
    }

    private static int Meet(string gate, int together)
    {
        if (Signal.Of(gate).Hit() == together)
        {
            Signal.Of(gate).Set();
        }

        Signal.Of(gate).Wait();
        return 1;
    }

    private sealed class Hog
    {
        public int Spin(string gate) => SpinUntil(gate);
    }
}
