using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests;

public sealed class ActorScopeTests
{
    [Fact]
    public async Task LastHandleDisposed_QueuedCalls_FinishBeforeDispose()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        string gate = Signal.NewName();
        ActorHandle<Counter> counter = ray.Actor(n => new Counter(0, n), disposed);
        ObjectRef<int> running = counter.Remote((c, g) => c.Hold(g), gate);
        ObjectRef<int> queued = counter.Remote(c => c.Add(3));
        await Signal.Of(gate + ".running").WaitAsync("the first call runs");
        counter.Dispose();

        Assert.False(Signal.Of(disposed).IsSet);
        Signal.Of(gate).Set();
        Assert.Equal(0, await running.Within("the running call"));
        Assert.Equal(3, await queued.Within("the queued call"));
        await Signal.Of(disposed).WaitAsync("Dispose was called");
        Assert.Equal(1, Signal.Of(disposed).Count);
    }

    [Fact]
    public async Task LastHandleCollected_Actor_IsDisposedOf()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        Drop(ray, disposed);
        await Waiting.UntilCollected(() => Signal.Of(disposed).IsSet, "the dropped actor was disposed of");
    }

    [Fact]
    public async Task Temporary_Call_StillExecutes()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<int> result = CallTemporary(ray);
        GC.Collect();
        Assert.Equal(11, await result.Within("the call of the temporary"));
    }

    [Fact]
    public async Task AsyncDisposable_OutOfScope_IsDisposedOfAsynchronously()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        ActorHandle<AsyncResource> actor = ray.Actor(n => new AsyncResource(n), disposed);
        Assert.Equal(1, await actor.Remote(a => a.One()).Within("a call"));
        actor.Dispose();
        await Signal.Of(disposed).WaitAsync("DisposeAsync ended");
    }

    [Fact]
    public async Task Dispose_ThatThrows_IsAWarning()
    {
        await using IRay ray = await TestNode.StartAsync();
        using (ActorHandle<BadResource> actor = ray.Actor(() => new BadResource()))
        {
            // An actor whose handle goes before its constructor runs is never made, so never disposed of.
            Assert.True(await actor.Remote(r => r.IsThere()).Within("the actor to be there"));
        }

        await Waiting.Until(() => ray.Services().Events.Warnings.Any(w => w.Contains("bad resource", StringComparison.Ordinal)), "the warning");
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task afterwards"));
    }

    [Fact]
    public async Task HandleInRunningTask_KeepsActorAlive()
    {
        await using IRay ray = await TestNode.StartAsync();
        string key = Signal.NewName();
        Callers.Keep(key, ray.Actor(n => new Counter(0, n), key + ".disposed"));
        ObjectRef<int> task = ray.Remote(CallAfter, key);
        await Signal.Of(key + ".running").WaitAsync("the task runs");
        Callers.Forget(key);
        GC.Collect();
        Signal.Of(key).Set();
        Assert.Equal(1, await task.Within("the task that holds the handle"));
    }

    [Fact]
    public async Task Detached_HandleDropped_LivesOn()
    {
        await using IRay ray = await TestNode.StartAsync();
        ray.Options(name: "d", lifetime: ActorLifetime.Detached).Actor(() => new Counter(1)).Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(2, await ray.GetActor<Counter>("d").Remote(c => c.Add(1)).Within("the first call"));
        Assert.Equal(3, await ray.GetActor<Counter>("d").Remote(c => c.Add(1)).Within("the second call"));

        ray.Kill(ray.GetActor<Counter>("d"));
        Assert.Throws<ArgumentException>(() => ray.GetActor<Counter>("d"));
    }

    [Fact]
    public async Task Cancelled_RunningCallAndScopeEnd_DisposesAfterTheBodyReturned()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        string gate = Signal.NewName();
        ActorHandle<Counter> counter = ray.Actor(n => new Counter(0, n), disposed);
        ObjectRef<int> running = counter.Remote((c, g) => c.Hold(g), gate);
        await Signal.Of(gate + ".running").WaitAsync("the call runs");
        ray.Cancel(running);
        await running.Throws<RayTaskCancelledException>("the cancelled call");
        counter.Dispose();
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task meanwhile"));
        Assert.False(Signal.Of(disposed).IsSet);

        Signal.Of(gate).Set();
        await Signal.Of(disposed).WaitAsync("Dispose was called once the body had returned");
    }

    [Fact]
    public async Task Shutdown_LiveActors_AreDisposedOf()
    {
        string disposed = Signal.NewName();
        IRay ray = await TestNode.StartAsync();
        ActorHandle<Counter> counter = ray.Actor(n => new Counter(0, n), disposed);
        await counter.Remote(c => c.Value()).Within("the actor lives");
        await ray.DisposeAsync();
        Assert.True(Signal.Of(disposed).IsSet);
    }

    private static int CallAfter(string key)
    {
        ActorHandle<Counter> handle = Callers.Get<ActorHandle<Counter>>(key);
        Signal.Of(key + ".running").Set();
        Signal.Of(key).Wait();
        return Ray.Get(handle.Remote(c => c.Add(1)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(IRay ray, string disposed) => _ = ray.Actor(n => new Counter(0, n), disposed);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<int> CallTemporary(IRay ray) => ray.Actor(() => new Counter(10)).Remote(c => c.Add(1));

    private sealed class AsyncResource(string disposed) : IAsyncDisposable
    {
        public int One() => 1;

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Signal.Of(disposed).Set();
        }
    }

    private sealed class BadResource : IDisposable
    {
        public bool IsThere() => true;

        public void Dispose() => throw new InvalidOperationException("bad resource");
    }
}
