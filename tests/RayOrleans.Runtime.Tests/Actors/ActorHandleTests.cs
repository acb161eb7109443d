using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests;

/// <summary>Handles inside values, closures and results.</summary>
public sealed class ActorHandleTests
{
    [Fact]
    public async Task Handle_PassedToATask_WorksThere()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(1));
        ObjectRef<int> task = ray.Remote(h => Ray.Get(h.Remote(c => c.Add(4))), counter);
        Assert.Equal(5, await task.Within("the task"));
    }

    [Fact]
    public async Task Handle_Captured_WorksInTheTask()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(1));
        ObjectRef<int> task = ray.Remote(() => Ray.Get(counter.Remote(c => c.Add(4))));
        Assert.Equal(5, await task.Within("the task"));
    }

    [Fact]
    public async Task Handle_ThroughPutAndTask_IsEqual()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(1));
        ActorHandle<Counter> copy = (await ray.Put(new List<ActorHandle<Counter>> { counter }).Within("the list"))[0];
        ActorHandle<Counter> back = await ray.Remote(h => h, counter).Within("the task");

        Assert.Equal(counter, copy);
        Assert.Equal(counter, back);
        Assert.Equal(counter.GetHashCode(), back.GetHashCode());
        Assert.Equal(2, await copy.Remote(c => c.Add(1)).Within("a call"));
        Assert.Equal(3, await back.Remote(c => c.Add(1)).Within("a call"));
    }

    [Fact]
    public async Task Handle_ReturnedByTheTaskThatMadeTheActor_KeepsItAlive()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        await UseReturned(ray, disposed);
        await Waiting.UntilCollected(() => Signal.Of(disposed).IsSet, "the actor ended with its last handle");
    }

    [Fact]
    public async Task Handle_StoredInAnObject_KeepsTheActorAlive()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        ObjectRef<Box> box = PutBox(ray, disposed);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Waiting.Until(() => ray.Services().Pool.RunningCount == 0, "the node is idle");
        Assert.False(Signal.Of(disposed).IsSet);
        Assert.Equal(3, await CallBox(box));

        box.Dispose();
        await Waiting.UntilCollected(() => Signal.Of(disposed).IsSet, "the actor ended with the object that held it");
    }

    [Fact]
    public async Task Handle_HeldByAnotherActor_KeepsTheActorAlive()
    {
        await using IRay ray = await TestNode.StartAsync();
        string disposed = Signal.NewName();
        ActorHandle<Keeper> keeper = ray.Actor(() => new Keeper());
        await Give(ray, keeper, disposed);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(4, await keeper.Remote(k => k.Call()).Within("a call through the keeper"));
        ray.Kill(keeper);
        await Waiting.UntilCollected(() => Signal.Of(disposed).IsSet, "the kept actor ended with its keeper");
    }

    [Fact]
    public async Task ManyCallers_ThroughOneHandle_AllCallsCount()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 20).Select(_ => ray.Remote(h => CallMany(h, 25), counter))];
        await ray.GetAsync(tasks).AsTask().Within("all callers");
        Assert.Equal(500, await counter.Remote(c => c.Value()).Within("the sum"));
    }

    [Fact]
    public async Task ReferencesInAnArgument_StayReferences()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Keeper> keeper = ray.Actor(() => new Keeper());
        List<ObjectRef<int>> references = [ray.Put(1), ray.Remote(() => 2)];
        Assert.Equal(3, await keeper.Remote((k, list) => k.Sum(list), references).Within("the call"));
    }

    private static int CallMany(ActorHandle<Counter> handle, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Ray.Get(handle.Remote(c => c.Add(1)));
        }

        return times;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task UseReturned(IRay ray, string disposed)
    {
        ActorHandle<Counter> made = await ray.Remote(n => Ray.Actor(x => new Counter(1, x), n), disposed).Within("the task that makes an actor");
        Assert.Equal(2, await made.Remote(c => c.Add(1)).Within("a call"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<Box> PutBox(IRay ray, string disposed) => ray.Put(new Box { Handle = ray.Actor(n => new Counter(2, n), disposed) });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> CallBox(ObjectRef<Box> box) => await (await box).Handle!.Remote(c => c.Add(1)).Within("a call");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task Give(IRay ray, ActorHandle<Keeper> keeper, string disposed) =>
        await keeper.Remote((k, h) => k.Keep(h), ray.Actor(n => new Counter(3, n), disposed)).AsTask().Within("the handover");

    private sealed class Box
    {
        public ActorHandle<Counter>? Handle { get; set; }
    }

    private sealed class Keeper
    {
        private ActorHandle<Counter>? _kept;

        public void Keep(ActorHandle<Counter> handle) => _kept = handle;

        public int Call() => Ray.Get(_kept!.Remote(c => c.Add(1)));

        public int Sum(List<ObjectRef<int>> references) => Ray.Get(references).Sum();
    }
}
