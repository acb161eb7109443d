namespace RayOrleans.Runtime.Tests;

public sealed class ActorExitTests
{
    [Fact]
    public async Task ExitActor_SynchronousMethod_EndsTheActorAndRunsDispose()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        using ActorHandle<Leaver> actor = ray.Options(maxRestarts: -1).Actor(n => new Leaver(n), name);
        ObjectRef<int> leaving = actor.Remote(a => a.Leave());
        ObjectRef<int> queued = actor.Remote(a => a.Count());

        ActorDiedException error = await leaving.Throws<ActorDiedException>("the leaving call");
        Assert.Contains("exit_actor", error.Message, StringComparison.Ordinal);
        error = await queued.Throws<ActorDiedException>("the queued call");
        Assert.Contains("exit_actor", error.Message, StringComparison.Ordinal);
        await Signal.Of(name + ".disposed").WaitAsync("Dispose was called");
        Assert.False(Signal.Of(name + ".after").IsSet);
        Assert.Equal(0, Signal.Of(name).Count);
    }

    [Fact]
    public async Task ExitActor_InTryCatch_CannotBeSwallowed()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        using ActorHandle<Leaver> actor = ray.Actor(n => new Leaver(n), name);
        ObjectRef<int> leaving = actor.Remote(a => a.LeaveAndCatch());

        await leaving.Throws<ActorDiedException>("the leaving call");
        await actor.Remote(a => a.Count()).Throws<ActorDiedException>("a later call");
    }

    [Fact]
    public async Task ExitActor_NestedAsyncMethod_EndsTheActor()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        using ActorHandle<AsyncLeaver> actor = ray.Actor(n => new AsyncLeaver(n), name);
        ObjectRef<int> waiting = actor.Remote(a => a.Wait());
        await Signal.Of(name + ".running").WaitAsync("a call waits");
        ActorDiedException error = await actor.Remote(a => a.Leave()).Throws<ActorDiedException>("the leaving call");
        Assert.Contains("exit_actor", error.Message, StringComparison.Ordinal);
        await waiting.Throws<ActorDiedException>("the call beside it");
        Signal.Of(name).Set();
    }

    [Fact]
    public async Task ExitActor_Constructor_EveryCallFails()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Leaver> actor = ray.Actor(() => Leaver.NeverMade());
        ActorDiedException error = await actor.Remote(a => a.Count()).Throws<ActorDiedException>("a call");
        Assert.Contains("exit_actor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExitActor_ManyQueuedCalls_NoneRunsAfterIt()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 4);
        string name = Signal.NewName();
        using ActorHandle<Leaver> actor = ray.Actor(n => new Leaver(n), name);
        ObjectRef<int> first = actor.Remote(a => a.Hold());
        ObjectRef<int> leaving = actor.Remote(a => a.Leave());
        ObjectRef<int>[] queued = [.. Enumerable.Range(0, 10_000).Select(_ => actor.Remote(a => a.Count()))];
        Signal.Of(name + ".go").Set();

        await first.Within("the first call");
        await leaving.Throws<ActorDiedException>("the leaving call");
        WaitResult<int> result = await ray.WaitAsync(queued, queued.Length, Signal.Limit);
        Assert.Empty(result.NotReady);
        Assert.Equal(0, Signal.Of(name).Count);
        await queued[^1].Throws<ActorDiedException>("the last call");
    }

    [Fact]
    public async Task ExitActor_OutsideAnActor_Throws()
    {
        await using IRay ray = await TestNode.StartAsync();
        Assert.Throws<InvalidOperationException>(ray.ExitActor);
        RayTaskException error = await ray.Remote(static () => Ray.ExitActor()).Throws<RayTaskException>("the task");
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    private sealed class Leaver(string name) : IDisposable
    {
        private int _count;

        public static Leaver NeverMade()
        {
            Ray.ExitActor();
            return new Leaver("never");
        }

        public int Count()
        {
            Signal.Of(name).Hit();
            return ++_count;
        }

        public int Hold()
        {
            Signal.Of(name + ".go").Wait();
            return 1;
        }

        public int Leave()
        {
            Ray.ExitActor();
            Signal.Of(name + ".after").Set();
            return 1;
        }

        public int LeaveAndCatch()
        {
            try
            {
                Ray.ExitActor();
            }
            catch (Exception)
            {
                return 5;
            }

            return 6;
        }

        public void Dispose() => Signal.Of(name + ".disposed").Set();
    }

    private sealed class AsyncLeaver(string name)
    {
        public async Task<int> Wait()
        {
            Signal.Of(name + ".running").Set();
            await Signal.Of(name).WaitAsync("the test goes on");
            return 1;
        }

        public async Task<int> Leave()
        {
            await Task.Yield();
            return await Inner();
        }

        private static async Task<int> Inner()
        {
            await Task.Yield();
            try
            {
                Ray.ExitActor();
            }
            catch (Exception)
            {
                await Task.Yield();
            }

            return 1;
        }
    }
}
