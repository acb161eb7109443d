namespace RayOrleans.Runtime.Tests;

public sealed class ActorCallTests
{
    [Fact]
    public async Task Create_WithValueAndReference_ConstructorSeesValues()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<int> one = ray.Remote(() => 41);
        using ActorHandle<Counter> counter = ray.Actor(start => new Counter(start), one);
        using ActorHandle<Counter> other = ray.Actor((start, more) => new Counter(start + more), 1, one);

        Assert.Equal(42, await counter.Remote(c => c.Add(1)).Within("the call"));
        Assert.Equal(42, await other.Remote(c => c.Value()).Within("the call"));
    }

    [Fact]
    public async Task Call_WithReferenceOfAnotherCall_GetsItsValue()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(1));
        ObjectRef<int> first = counter.Remote(c => c.Add(2));
        ObjectRef<int> second = counter.Remote((c, x) => c.Add(x), first);

        Assert.Equal(6, await second.Within("the call"));
    }

    [Fact]
    public async Task Calls_FromOneCaller_RunInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        string log = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        for (int i = 0; i < 500; i++)
        {
            _ = counter.Remote((c, l, n) => c.Note(l, n), log, $"{i}");
        }

        await counter.Remote(c => c.Value()).Within("the last call");
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), Signal.Of(log).Log);
    }

    [Fact]
    public async Task Call_WithUnreadyArgument_HoldsBackOnlyItsOwnCaller()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string log = Signal.NewName();
        string gate = Signal.NewName();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        ObjectRef<string> late = ray.Remote(WaitFor, gate);
        ObjectRef held = counter.Remote((c, l, line) => c.Note(l, line), log, late);
        ObjectRef behind = counter.Remote((c, l, line) => c.Note(l, line), log, "behind");

        using (Ray.Use(ray))
        {
            // Another caller: a task.
            ActorHandle<Counter> weak = counter;
            Callers.Keep(log, weak);
            await Ray.Remote(Callers.CallOther, log).Within("the other caller's call");
        }

        Assert.Equal(["other"], Signal.Of(log).Log);
        Assert.False(behind.IsCompleted);

        Signal.Of(gate).Set();
        await held.AsTask().Within("the held call");
        await behind.AsTask().Within("the call behind it");
        Assert.Equal(["other", gate, "behind"], Signal.Of(log).Log);
    }

    [Fact]
    public async Task Call_WhoseArgumentFails_FailsAloneAndReleasesThoseBehind()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        string gate = Signal.NewName();
        ObjectRef<int> bad = ray.Remote(FailAfter, gate);
        ObjectRef<int> failed = counter.Remote((c, x) => c.Add(x), bad);
        ObjectRef<int> behind = counter.Remote(c => c.Add(5));

        Signal.Of(gate).Set();
        RayTaskException error = await failed.Throws<RayTaskException>("the call with the failed argument");
        Assert.IsType<InvalidOperationException>(error.InnerException);
        Assert.Equal(5, await behind.Within("the call behind"));
    }

    [Fact]
    public async Task SynchronousActor_ManyCallers_RunsOneAtATime()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 4);
        string inside = Signal.NewName();
        using ActorHandle<Busy> actor = ray.Actor(() => new Busy());
        List<ObjectRef<int>> calls = [];
        await Parallel.ForAsync(0, 4, (_, _) =>
        {
            for (int i = 0; i < 200; i++)
            {
                ObjectRef<int> call = actor.Remote((b, s) => b.Work(s), inside);
                lock (calls)
                {
                    calls.Add(call);
                }
            }

            return ValueTask.CompletedTask;
        });

        IReadOnlyList<int> numbers = await ray.GetAsync(calls).AsTask().Within("all calls");
        Assert.Equal(1, Signal.Of(inside).Most);
        Assert.Equal(Enumerable.Range(1, 800), numbers.Order());
    }

    [Fact]
    public async Task Call_ThatThrows_LeavesTheActorAlive()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(7));
        RayTaskException error = await counter.Remote((c, m) => c.Fail(m), "no").Throws<RayTaskException>("the failing call");

        Assert.Equal("no", error.InnerException!.Message);
        Assert.Equal(counter.Id, error.ActorId);
        Assert.Equal(7, await counter.Remote(c => c.Value()).Within("the next call"));
    }

    [Fact]
    public async Task Context_InMethod_NamesActorAndItsResources()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Options(numCpus: 0.5).Actor(() => new Counter(0));
        ObjectRef<bool> isActor = counter.Remote((_, id) => Ray.Context.ActorId.ToString() == id, counter.Id.ToString());
        ObjectRef<double> cpu = counter.Remote(_ => Ray.Context.AssignedResources["CPU"]);

        Assert.True(await isActor.Within("the context"));
        Assert.Equal(0.5, await cpu.Within("the resources"));
    }

    [Fact]
    public async Task VoidAndAsyncShapes_OfOneActor_AllComplete()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Counter> counter = ray.Actor(() => new Counter(0));
        ObjectRef nothing = counter.Remote(c => { c.Add(1); });
        ObjectRef<int> asynchronous = counter.Remote(async c =>
        {
            await Task.Yield();
            return c.Add(1);
        });
        ObjectRef<int> value = counter.Remote(c => new ValueTask<int>(c.Add(1)));

        await nothing.AsTask().Within("the void call");
        Assert.Equal(2, await asynchronous.Within("the asynchronous call"));
        Assert.Equal(3, await value.Within("the ValueTask call"));
    }

    private static string WaitFor(string gate)
    {
        Signal.Of(gate).Wait();
        return gate;
    }

    private static int FailAfter(string gate)
    {
        Signal.Of(gate).Wait();
        throw new InvalidOperationException("the argument failed");
    }

    private sealed class Busy
    {
        private int _calls;

        public int Work(string inside)
        {
            Signal.Of(inside).Enter();
            int calls = ++_calls;
            Thread.SpinWait(200);
            Signal.Of(inside).Leave();
            return calls;
        }
    }
}
