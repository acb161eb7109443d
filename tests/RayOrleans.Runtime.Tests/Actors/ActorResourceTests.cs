namespace RayOrleans.Runtime.Tests;

public sealed class ActorResourceTests
{
    [Fact]
    public async Task Default_Actor_KeepsNoCpu()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ActorHandle<Counter>[] many = [.. Enumerable.Range(0, 10).Select(i => ray.Actor(s => new Counter(s), i))];
        for (int i = 0; i < many.Length; i++)
        {
            Assert.Equal(i, await many[i].Remote(c => c.Value()).Within("an actor on a node of one CPU"));
        }

        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task NumCpus_Given_IsKeptUntilTheActorEnds()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        ActorHandle<Counter> first = ray.Options(numCpus: 2).Actor(() => new Counter(1));
        Assert.Equal(1, await first.Remote(c => c.Value()).Within("the first actor"));
        Assert.Equal(0, ray.FreeCpu());
        using ActorHandle<Counter> second = ray.Options(numCpus: 1).Actor(() => new Counter(2));
        ObjectRef<int> call = second.Remote(c => c.Value());
        ObjectRef<int> task = ray.Remote(() => 3);
        Assert.False(call.IsCompleted);

        first.Dispose();
        Assert.Equal(2, await call.Within("the second actor"));
        Assert.Equal(3, await task.Within("the task"));
        Assert.Equal(1, ray.FreeCpu());
    }

    [Fact]
    public async Task KeptCpu_MethodBlocksInGet_IsLentToTheTaskWaitedFor()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        using ActorHandle<Caller> actor = ray.Options(numCpus: 1).Actor(() => new Caller());
        Assert.Equal(5, await actor.Remote(c => c.Nested()).Within("the call that needs the actor's own CPU"));
        Assert.Equal(0, ray.FreeCpu());
    }

    [Fact]
    public async Task KeptCpu_MethodAwaits_IsLentToTheTaskWaitedFor()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ActorHandle<AsyncCaller> actor = ray.Options(numCpus: 1).Actor(() => new AsyncCaller());
        ObjectRef<int>[] calls = [.. Enumerable.Range(0, 20).Select(_ => actor.Remote(c => c.Nested()))];
        Assert.Equal(100, (await ray.GetAsync(calls).AsTask().Within("calls that need the actor's own CPU")).Sum());
        await Waiting.Until(() => ray.FreeCpu() == 0, "the actor has its CPU again");
        actor.Dispose();
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task KeptCpu_KilledWhileItsMethodBlocks_IsReturnedOnce()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string gate = Signal.NewName();
        using ActorHandle<Caller> actor = ray.Options(numCpus: 1).Actor(() => new Caller());
        ObjectRef<int> call = actor.Remote((c, g) => c.Wait(g), gate);
        await Signal.Of(gate + ".running").WaitAsync("the nested task runs");
        ray.Kill(actor);
        await call.Throws<ActorDiedException>("the call");
        Signal.Of(gate).Set();
        await Waiting.Until(() => ray.FreeCpu() == 1 && ray.Services().Pool.RunningCount == 0, "the CPU is free and nothing runs");
        Assert.Equal(1, ray.FreeCpu());
    }

    [Fact]
    public async Task Gpus_OfActor_AreItsOwn()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2, o => o.GpusPerNode = 2);
        using ActorHandle<Counter> one = ray.Options(numGpus: 1).Actor(() => new Counter(0));
        using ActorHandle<Counter> two = ray.Options(numGpus: 1).Actor(() => new Counter(0));
        int first = await one.Remote(_ => Ray.Context.GpuIds[0]).Within("the first GPU");
        int second = await two.Remote(_ => Ray.Context.GpuIds[0]).Within("the second GPU");
        Assert.Equal([0, 1], new[] { first, second }.Order());
        Assert.Equal(0, ray.AvailableResources()["GPU"]);
    }

    [Fact]
    public async Task MaxPendingCalls_Exceeded_ThrowsAtTheCall()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Options(maxPendingCalls: 2).Actor(() => new Counter(0));
        ObjectRef<int> running = counter.Remote((c, g) => c.Hold(g), gate);
        ObjectRef<int> queued = counter.Remote(c => c.Value());
        PendingCallsLimitExceededException error = Assert.Throws<PendingCallsLimitExceededException>(() => counter.Remote(c => c.Value()));
        Assert.Contains("maxPendingCalls", error.Message, StringComparison.Ordinal);

        Signal.Of(gate).Set();
        await running.Within("the running call");
        await queued.Within("the queued call");
        Assert.Equal(0, await counter.Remote(c => c.Value()).Within("a call with room again"));
    }

    [Fact]
    public async Task MaxPendingCalls_ManyThreads_IsNeverExceeded()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Options(maxPendingCalls: 10).Actor(() => new Counter(0));
        ObjectRef<int> running = counter.Remote((c, g) => c.Hold(g), gate);
        int accepted = 0;
        await Parallel.ForAsync(0, 8, (_, _) =>
        {
            for (int i = 0; i < 50; i++)
            {
                try
                {
                    _ = counter.Remote(c => c.Add(1));
                    Interlocked.Increment(ref accepted);
                }
                catch (PendingCallsLimitExceededException)
                {
                    continue;
                }
            }

            return ValueTask.CompletedTask;
        });
        Assert.Equal(9, accepted);
        Signal.Of(gate).Set();
        await running.Within("the running call");
    }

    private sealed class Caller
    {
        public int Nested() => Ray.Get(Ray.Remote(() => 5));

        public int Wait(string gate) => Ray.Get(Ray.Remote(Block, gate));

        private static int Block(string gate)
        {
            Signal.Of(gate + ".running").Set();
            Signal.Of(gate).Wait();
            return 1;
        }
    }

    private sealed class AsyncCaller
    {
        public async Task<int> Nested()
        {
            int five = await Ray.Remote(() => 5);
            await Task.Yield();
            return five;
        }
    }
}
