namespace RayOrleans.Runtime.Tests;

public sealed class ActorKillTests
{
    [Fact]
    public async Task Kill_RunningAndQueuedCalls_FailAtOnce()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        ObjectRef<int> running = counter.Remote((c, g) => c.Hold(g), gate);
        ObjectRef<int> queued = counter.Remote(c => c.Value());
        await Signal.Of(gate + ".running").WaitAsync("the call runs");

        ray.Kill(counter);
        foreach (ObjectRef call in new[] { running, queued, counter.Remote(c => c.Value()) })
        {
            ActorDiedException error = await call.Throws<ActorDiedException>("a call of the killed actor");
            Assert.Contains("kill", error.Message, StringComparison.OrdinalIgnoreCase);
        }

        Signal.Of(gate).Set();
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task afterwards"));
    }

    [Fact]
    public async Task Kill_Actor_IsNotDisposedOf()
    {
        string disposed = Signal.NewName();
        IRay ray = await TestNode.StartAsync();
        await using (ray)
        {
            ActorHandle<Counter> counter = ray.Actor(n => new Counter(0, n), disposed);
            await counter.Remote(c => c.Value()).Within("the actor lives");
            ray.Kill(counter);
            await counter.Remote(c => c.Value()).Throws<ActorDiedException>("a call of the killed actor");
        }

        Assert.False(Signal.Of(disposed).IsSet);
    }

    [Fact]
    public async Task Kill_Twice_IsNoError()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        ray.Kill(counter);
        ray.Kill(counter);
        Assert.Throws<ArgumentNullException>(() => ray.Kill(null!));
    }

    [Fact]
    public async Task KillWithRestart_Actor_StartsAgainFromItsArguments()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<int> start = ray.Put(10);
        using ActorHandle<Counter> counter = ray.Options(maxRestarts: 1).Actor(s => new Counter(s), start);
        start.Dispose();
        Assert.Equal(11, await counter.Remote(c => c.Add(1)).Within("the first call"));

        ray.Kill(counter, noRestart: false);
        Assert.Equal(11, await counter.Remote(c => c.Add(1)).Within("a call of the restarted actor"));

        ray.Kill(counter, noRestart: false);
        await counter.Remote(c => c.Value()).Throws<ActorDiedException>("a call after the last restart");
    }

    [Fact]
    public async Task KillWithRestart_RunningCallWithoutRetries_IsUnavailableAndQueuedOnesRun()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Options(maxRestarts: -1).Actor(() => new Counter(0));
        ObjectRef<int> running = counter.Remote((c, g) => c.Hold(g), gate);
        ObjectRef<int> queued = counter.Remote(c => c.Add(1));
        await Signal.Of(gate + ".running").WaitAsync("the call runs");

        ray.Kill(counter, noRestart: false);
        ActorUnavailableException error = await running.Throws<ActorUnavailableException>("the running call");
        Assert.Contains("restarting", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await queued.Within("the queued call"));
        Signal.Of(gate).Set();
    }

    [Fact]
    public async Task KillWithRestart_MaxTaskRetries_RunsCallsAgainInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        string log = Signal.NewName();
        using ActorHandle<Recorder> actor = ray.Options(maxRestarts: 1, maxTaskRetries: 1).Actor(() => new Recorder());
        List<ObjectRef<int>> calls = [.. Enumerable.Range(0, 5).Select(i => actor.Remote((r, l, n) => r.Step(l, n), log, i))];
        await Signal.Of(log + ".2").WaitAsync("the third call runs for the first time");

        ray.Kill(actor, noRestart: false);
        Signal.Of(log).Set();
        Assert.Equal([0, 1, 2, 3, 4], await ray.GetAsync(calls).AsTask().Within("all calls"));
        await Waiting.Until(() => Signal.Of(log).Log.Length == 6, "six runs");
        Assert.Equal(["0", "1", "2", "2", "3", "4"], Signal.Of(log).Log);
    }

    [Fact]
    public async Task KillWithRestart_ConcurrentCalls_AreRepeatedInTheOrderTheyStarted()
    {
        await using IRay ray = await TestNode.StartAsync();
        string log = Signal.NewName();
        using ActorHandle<AsyncRecorder> actor = ray.Options(maxRestarts: 1, maxTaskRetries: 1).Actor(() => new AsyncRecorder());
        List<ObjectRef<int>> calls = [.. Enumerable.Range(0, 20).Select(i => actor.Remote((r, l, n) => r.Step(l, n), log, i))];
        await Waiting.Until(() => Signal.Of(log).Log.Length == 20, "all calls run");

        ray.Kill(actor, noRestart: false);
        await Waiting.Until(() => Signal.Of(log).Log.Length == 40, "all calls run again");
        Signal.Of(log).Set();
        await ray.GetAsync(calls).AsTask().Within("all calls");
        Assert.Equal(Enumerable.Range(0, 20).Concat(Enumerable.Range(0, 20)).Select(i => $"{i}"), Signal.Of(log).Log);
    }

    [Fact]
    public async Task Kill_WhileConstructing_FailsCallsAndReturnsResources()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Options(numCpus: 1).Actor(g => Slow(g), gate);
        ObjectRef<int> call = counter.Remote(c => c.Value());
        await Signal.Of(gate + ".running").WaitAsync("the constructor runs");

        ray.Kill(counter);
        await call.Throws<ActorDiedException>("the call of the killed actor");
        Signal.Of(gate).Set();
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task that needs the CPU"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "all CPUs are free");
    }

    [Fact]
    public async Task Kill_PendingInfeasibleActor_FailsItsCalls()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        using ActorHandle<Counter> counter = ray.Options(numCpus: 80).Actor(() => new Counter(0));
        ObjectRef<int> call = counter.Remote(c => c.Value());
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task beside the infeasible actor"));
        Assert.False(call.IsCompleted);

        ray.Kill(counter);
        await call.Throws<ActorDiedException>("the call of the killed actor");
        Assert.Equal(0, ray.Services().Gate.Do(e => e.ReadyTasks));
    }

    [Fact]
    public async Task Kill_TenThousandQueuedCalls_AllFail()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        _ = counter.Remote((c, g) => c.Hold(g), gate);
        ObjectRef<int>[] calls = [.. Enumerable.Range(0, 10_000).Select(_ => counter.Remote(c => c.Value()))];
        await Signal.Of(gate + ".running").WaitAsync("the first call runs");
        ray.Kill(counter);

        WaitResult<int> result = await ray.WaitAsync(calls, calls.Length, Signal.Limit);
        Assert.Empty(result.NotReady);
        foreach (ObjectRef<int> call in calls)
        {
            await call.Throws<ActorDiedException>("a queued call");
        }

        Signal.Of(gate).Set();
    }

    [Fact]
    public async Task Kill_CallsThatWaitForArguments_FailWithoutThem()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ObjectRef<int> late = ray.Remote(WaitFor, gate);
        foreach (int concurrency in new[] { 1, 2 })
        {
            using ActorHandle<Counter> counter = ray.Options(maxConcurrency: concurrency).Actor(() => new Counter(0));
            ObjectRef<int> call = counter.Remote((c, x) => c.Add(x), late);
            ray.Kill(counter);
            await call.Throws<ActorDiedException>($"the call that waits for its argument (maxConcurrency {concurrency})");
        }

        Signal.Of(gate).Set();
        await late.Within("the argument");
    }

    private static Counter Slow(string gate)
    {
        Signal.Of(gate + ".running").Set();
        Signal.Of(gate).Wait();
        return new Counter(0);
    }

    private static int WaitFor(string gate)
    {
        Signal.Of(gate).Wait();
        return 1;
    }

    private sealed class Recorder
    {
        public int Step(string log, int number)
        {
            Signal.Of(log).Write($"{number}");
            if (number == 2)
            {
                Signal.Of($"{log}.{number}").Set();
                Signal.Of(log).Wait();
            }

            return number;
        }
    }

    private sealed class AsyncRecorder
    {
        public async Task<int> Step(string log, int number)
        {
            Signal.Of(log).Write($"{number}");
            await Signal.Of(log).WaitAsync("the test goes on");
            return number;
        }
    }
}
