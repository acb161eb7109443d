namespace RayOrleans.Runtime.Tests;

public sealed class ActorDeadlockTests
{
    [Fact]
    public async Task Get_OfOwnQueuedCall_Throws()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Knot> actor = ray.Options(name: "k").Actor(() => new Knot());
        RayTaskException error = await actor.Remote(k => k.GetOwn("k")).Throws<RayTaskException>("the call that waits for itself");
        Assert.IsType<ActorDeadlockException>(error.InnerException);
        Assert.Equal(1, await actor.Remote(k => k.One()).Within("a call afterwards"));
    }

    [Fact]
    public async Task Get_WithTimeoutOfOwnQueuedCall_ThrowsAtOnce()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Knot> actor = ray.Options(name: "k").Actor(() => new Knot());
        RayTaskException error = await actor.Remote(k => k.GetOwnTimed("k")).Throws<RayTaskException>("the call that waits for itself");
        Assert.IsType<ActorDeadlockException>(error.InnerException);
    }

    [Fact]
    public async Task Get_ThroughATask_Throws()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Knot> actor = ray.Options(name: "k").Actor(() => new Knot());
        RayTaskException error = await actor.Remote(k => k.GetThroughTask("k")).Throws<RayTaskException>("the call that waits for a task that waits for it");
        Assert.Contains(nameof(ActorDeadlockException), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TaskWaitsBeforeTheMethodDoes_Throws()
    {
        await using IRay ray = await TestNode.StartAsync();
        string key = Signal.NewName();
        using ActorHandle<Knot> actor = ray.Options(name: "k").Actor(() => new Knot());
        ObjectRef<int> call = actor.Remote((k, s) => k.GetLate("k", s), key);
        await Waiting.Until(() => ray.Services().Pool.BlockedCount == 1, "the task waits for the actor");
        Signal.Of(key).Set();
        RayTaskException error = await call.Throws<RayTaskException>("the call that waits for a task that waits for it");
        Assert.Contains(nameof(ActorDeadlockException), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TwoActorsOfEachOther_Throws()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Knot> a = ray.Options(name: "a").Actor(() => new Knot());
        using ActorHandle<Knot> b = ray.Options(name: "b").Actor(() => new Knot());
        RayTaskException error = await a.Remote(k => k.GetThere("b", "a")).Throws<RayTaskException>("the call around two actors");
        Assert.Contains(nameof(ActorDeadlockException), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_InAsyncActor_OfOwnCall_Throws()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<AsyncKnot> actor = ray.Options(name: "k").Actor(() => new AsyncKnot());
        RayTaskException error = await actor.Remote(k => k.GetOwn("k")).Throws<RayTaskException>("the call that blocks its own actor");
        Assert.IsType<ActorDeadlockException>(error.InnerException);
    }

    [Fact]
    public async Task Await_InAsyncActor_OfOwnCall_Works()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<AsyncKnot> actor = ray.Options(name: "k").Actor(() => new AsyncKnot());
        Assert.Equal(1, await actor.Remote(k => k.AwaitOwn("k")).Within("the call that awaits its own actor"));
    }

    [Fact]
    public async Task Get_TaskThatTheMethodDoesNotWaitFor_IsNoDeadlock()
    {
        await using IRay ray = await TestNode.StartAsync();
        string key = Signal.NewName();
        using ActorHandle<Knot> actor = ray.Options(name: "k").Actor(() => new Knot());
        ObjectRef<int> call = actor.Remote((k, s) => k.StartOnly("k", s), key);
        await Waiting.Until(() => ray.Services().Pool.BlockedCount == 1, "the task waits for the actor");
        Signal.Of(key).Set();
        Assert.Equal(1, await call.Within("the method"));
        Assert.Equal(1, await Callers.Get<ObjectRef<int>>(key).Within("the task that waited for the actor"));
    }

    [Fact]
    public async Task Wait_WithTimeoutOnOwnCall_JustTimesOut()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Knot> actor = ray.Options(name: "k").Actor(() => new Knot());
        Assert.Equal(0, await actor.Remote(k => k.WaitOwn("k")).Within("the wait"));
    }

    [Fact]
    public async Task Get_ConcurrentActor_OfOwnCall_Works()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Knot> actor = ray.Options(name: "k", maxConcurrency: 2).Actor(() => new Knot());
        Assert.Equal(1, await actor.Remote(k => k.GetOwn("k")).Within("the call that waits for its own actor"));
    }

    private static int CallOne(string name) => Ray.Get(Ray.GetActor<Knot>(name).Remote(k => k.One()));

    private sealed class Knot
    {
        public int One() => 1;

        public int GetOwn(string name) => Ray.Get(Ray.GetActor<Knot>(name).Remote(k => k.One()));

        public int GetOwnTimed(string name) => Ray.Get(Ray.GetActor<Knot>(name).Remote(k => k.One()), Signal.Limit);

        public int GetThroughTask(string name) => Ray.Get(Ray.Remote(CallOne, name));

        public int GetLate(string name, string key)
        {
            ObjectRef<int> task = Ray.Remote(CallOne, name);
            Signal.Of(key).Wait();
            return Ray.Get(task);
        }

        public int GetThere(string other, string own) => Ray.Get(Ray.GetActor<Knot>(other).Remote((k, o) => k.GetOwn(o), own));

        public int StartOnly(string name, string key)
        {
            Callers.Keep(key, Ray.Remote(CallOne, name));
            Signal.Of(key).Wait();
            return 1;
        }

        public int WaitOwn(string name) =>
            Ray.Wait([Ray.GetActor<Knot>(name).Remote(k => k.One())], timeout: TimeSpan.FromMilliseconds(5)).Ready.Count;
    }

    private sealed class AsyncKnot
    {
        public Task<int> One() => Task.FromResult(1);

        public async Task<int> GetOwn(string name)
        {
            await Task.Yield();
            return Ray.Get(Ray.GetActor<AsyncKnot>(name).Remote(k => k.One()));
        }

        public async Task<int> AwaitOwn(string name) => await Ray.GetActor<AsyncKnot>(name).Remote(k => k.One());
    }
}
