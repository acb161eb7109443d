namespace RayOrleans.Runtime.Tests;

public sealed class ActorConstructionTests
{
    [Fact]
    public async Task Constructor_Throws_EveryCallCarriesItsMessage()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => Broken("kaputt: größer als λ"));
        ObjectRef<int> early = counter.Remote(c => c.Value());
        ActorDiedException error = await early.Throws<ActorDiedException>("the early call");
        Assert.Contains("größer als λ", error.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(error.InnerException);

        error = await counter.Remote(c => c.Value()).Throws<ActorDiedException>("a late call");
        Assert.Contains("größer als λ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConstructorArgument_Fails_EveryCallFails()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<int> bad = ray.Remote<int>(() => throw new InvalidOperationException("no start value"));
        using ActorHandle<Counter> counter = ray.Options(name: "c").Actor(s => new Counter(s), bad);
        ActorDiedException error = await counter.Remote(c => c.Value()).Throws<ActorDiedException>("a call");
        Assert.Contains("no start value", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ray.GetActor<Counter>("c"));
    }

    [Fact]
    public async Task Infeasible_FailIfUnschedulable_EveryCallFails()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        using ActorHandle<Counter> counter = ray.Options(numCpus: 80, failIfUnschedulable: true).Actor(() => new Counter(0));
        ActorDiedException error = await counter.Remote(c => c.Value()).Throws<ActorDiedException>("a call");
        Assert.Contains("80", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_ConstructorFailsThen_ActorIsDead()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Options(maxRestarts: -1).Actor(n => Once(n), name);
        Assert.Equal(0, await counter.Remote(c => c.Value()).Within("the first life"));
        ray.Kill(counter, noRestart: false);
        ActorDiedException error = await counter.Remote(c => c.Value()).Throws<ActorDiedException>("a call of the second life");
        Assert.Contains("only once", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("never lived", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsyncConstructor_Calls_WaitForIt()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Actor(g => MakeAsync(g), gate);
        ObjectRef<int> call = counter.Remote(c => c.Value());
        Assert.False(call.IsCompleted);
        Signal.Of(gate).Set();
        Assert.Equal(4, await call.Within("the call"));
    }

    [Fact]
    public async Task HandleDropped_BeforePlacement_WithdrawsTheActor()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ray.Options(numCpus: 80).Actor(() => new Counter(0)).Dispose();
        await Waiting.Until(() => ray.Services().Gate.Do(e => e.ReadyTasks) == 0 && ray.LiveObjects() == 0, "nothing is left of the actor");
    }

    [Fact]
    public async Task ConstructorCreatesActor_Child_IsCreatedAgainOnRestart()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        using ActorHandle<Parent> parent = ray.Options(maxRestarts: 1).Actor(n => new Parent(n), name);
        Assert.Equal(1, await parent.Remote(p => p.CallChild()).Within("the first child"));
        Assert.Equal(2, await parent.Remote(p => p.CallChild()).Within("the first child again"));
        ray.Kill(parent, noRestart: false);
        Assert.Equal(1, await parent.Remote(p => p.CallChild()).Within("the second child"));
    }

    [Fact]
    public async Task ParentTaskCancelled_ActorStillPending_OnlyItsCallsAreCancelled()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string key = Signal.NewName();
        ObjectRef<int> parent = ray.Remote(CreateAndWait, key);
        await Signal.Of(key + ".made").WaitAsync("the task made the actor");
        ray.Cancel(parent);
        await parent.Throws<RayTaskCancelledException>("the cancelled task");
        await Callers.Get<ObjectRef<int>>(key).Throws<RayTaskCancelledException>("the cancelled task's call of the actor");
        Signal.Of(key).Set();
        ObjectRef<int> later = Callers.Get<ActorHandle<Counter>>(key + ".handle").Remote(c => c.Value());
        Assert.Equal(0, await later.Within("the actor, which lives as long as its handles"));
    }

    private static Counter Broken(string message) => throw new InvalidOperationException(message);

    private static Counter Once(string name) => Signal.Of(name).Hit() == 1 ? new Counter(0) : throw new InvalidOperationException("only once");

    private static async Task<Counter> MakeAsync(string gate)
    {
        await Signal.Of(gate).WaitAsync("the test goes on");
        return new Counter(4);
    }

    private static int CreateAndWait(string key)
    {
        ActorHandle<Counter> handle = Ray.Actor(() => new Counter(0));
        Callers.Keep(key, handle.Remote(c => c.Value()));
        Callers.Keep(key + ".handle", handle);
        Signal.Of(key + ".made").Set();
        Signal.Of(key).Wait();
        return 1;
    }

    private sealed class Parent(string name)
    {
        private readonly ActorHandle<Counter> _child = Ray.Actor(n => new Counter(0, n), name);

        public int CallChild() => Ray.Get(_child.Remote(c => c.Add(1)));
    }
}
