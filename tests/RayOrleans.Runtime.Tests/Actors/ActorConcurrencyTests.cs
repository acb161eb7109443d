namespace RayOrleans.Runtime.Tests;

public sealed class ActorConcurrencyTests
{
    [Fact]
    public async Task AsyncMethods_OfOneActor_InterleaveButNeverRunTogether()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 4);
        string inside = Signal.NewName();
        using ActorHandle<Meeting> actor = ray.Actor(() => new Meeting());
        List<ObjectRef<int>> calls = [.. Enumerable.Range(0, 50).Select(_ => actor.Remote((m, s) => m.Join(s), inside))];

        // Each call waits for all the others: only interleaving lets them end.
        await Waiting.Until(() => Signal.Of(inside).Count == 50, "all calls started");
        await actor.Remote(m => m.Open()).AsTask().Within("the call that opens");
        await ray.GetAsync(calls).AsTask().Within("all calls");
        Assert.Equal(1, Signal.Of(inside).Most);
    }

    [Fact]
    public async Task AsyncMethods_OfOneCaller_StartInOrder()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 4);
        string log = Signal.NewName();
        using ActorHandle<Meeting> actor = ray.Actor(() => new Meeting());
        List<ObjectRef> calls = [.. Enumerable.Range(0, 1000).Select(i => actor.Remote((m, l, n) => m.Note(l, n), log, i))];
        foreach (ObjectRef call in calls)
        {
            await call.AsTask().Within("a call");
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), Signal.Of(log).Log);
    }

    [Fact]
    public async Task AsyncActor_MaxConcurrencyOne_NeverInterleaves()
    {
        await using IRay ray = await TestNode.StartAsync();
        string log = Signal.NewName();
        using ActorHandle<Meeting> actor = ray.Options(maxConcurrency: 1).Actor(() => new Meeting());
        List<ObjectRef> calls = [.. Enumerable.Range(0, 20).Select(i => actor.Remote((m, l, n) => m.StartEnd(l, n), log, i))];
        foreach (ObjectRef call in calls)
        {
            await call.AsTask().Within("a call");
        }

        Assert.Equal(Enumerable.Range(0, 20).SelectMany(i => new[] { $"start {i}", $"end {i}" }), Signal.Of(log).Log);
    }

    [Fact]
    public async Task AsyncActor_MethodsAfterAwait_StayOnOwnedThreads()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<Meeting> actor = ray.Actor(() => new Meeting());
        string[] threads = await actor.Remote(m => m.Threads()).Within("the call");

        Assert.All(threads, t => Assert.StartsWith("ray-worker-", t));
    }

    [Fact]
    public async Task ThreadedActor_MaxConcurrency_RunsThatManyTogetherAndNoMore()
    {
        await using IRay ray = await TestNode.StartAsync();
        string inside = Signal.NewName();
        using ActorHandle<Hall> actor = ray.Options(maxConcurrency: 3).Actor(() => new Hall());
        List<ObjectRef> calls = [.. Enumerable.Range(0, 9).Select(_ => (ObjectRef)actor.Remote((h, s) => h.Stay(s, 3), inside))];
        foreach (ObjectRef call in calls)
        {
            await call.AsTask().Within("a call that waits for two others at its side");
        }

        Assert.Equal(3, Signal.Of(inside).Most);
    }

    [Fact]
    public async Task ThreadedActor_ManyBlockedCalls_AllGetThreads()
    {
        await using IRay ray = await TestNode.StartAsync();
        string inside = Signal.NewName();
        using ActorHandle<Hall> actor = ray.Options(maxConcurrency: 100).Actor(() => new Hall());
        List<ObjectRef> calls = [.. Enumerable.Range(0, 100).Select(_ => (ObjectRef)actor.Remote((h, s) => h.Stay(s, 100), inside))];
        foreach (ObjectRef call in calls)
        {
            await call.AsTask().Within("a call that waits for 99 others at its side");
        }

        Assert.Equal(100, Signal.Of(inside).Most);
    }

    [Fact]
    public async Task ConcurrencyGroup_FullDefaultGroup_StillRuns()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Grouped> actor = ray.Options(concurrencyGroups: new() { ["io"] = 2 }).Actor(() => new Grouped());
        ObjectRef blocked = actor.Remote((g, s) => g.Block(s), gate);
        await Signal.Of(gate + ".running").WaitAsync("the default group is occupied");

        Assert.Equal(1, await actor.Remote(g => g.Io()).Within("a call of the other group"));
        ObjectRef<int> waits = actor.Remote(g => g.Plain());
        Assert.Equal(1, await actor.Remote(g => g.Io()).Within("a call of the other group"));
        Assert.False(waits.IsCompleted);

        Signal.Of(gate).Set();
        await blocked.AsTask().Within("the blocked call");
        Assert.Equal(2, await waits.Within("the call of the default group"));
    }

    [Fact]
    public async Task ConcurrencyGroup_Limit_IsItsOwn()
    {
        await using IRay ray = await TestNode.StartAsync();
        string inside = Signal.NewName();
        using ActorHandle<Grouped> actor = ray.Options(concurrencyGroups: new() { ["io"] = 2 }).Actor(() => new Grouped());
        List<ObjectRef> calls = [.. Enumerable.Range(0, 6).Select(_ => (ObjectRef)actor.Remote((g, s) => g.Pair(s), inside))];
        foreach (ObjectRef call in calls)
        {
            await call.AsTask().Within("a call that waits for another at its side");
        }

        Assert.Equal(2, Signal.Of(inside).Most);
    }

    [Fact]
    public async Task OutOfOrderActor_CallWithUnreadyArgument_IsOvertaken()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<Hall> actor = ray.Options(maxConcurrency: 2).Actor(() => new Hall());
        ObjectRef<string> late = ray.Remote(Meeting.After, gate);
        ObjectRef<string> first = actor.Remote((h, s) => h.Echo(s), late);

        Assert.Equal("second", await actor.Remote((h, s) => h.Echo(s), "second").Within("the overtaking call"));
        Assert.False(first.IsCompleted);
        Signal.Of(gate).Set();
        Assert.Equal(gate, await first.Within("the overtaken call"));
    }

    private sealed class Meeting
    {
        private readonly TaskCompletionSource _opened = new();

        public static string After(string gate)
        {
            Signal.Of(gate).Wait();
            return gate;
        }

        public async Task<int> Join(string inside)
        {
            Step(inside);
            Signal.Of(inside).Hit();
            await _opened.Task;
            Step(inside);
            await Task.Yield();
            Step(inside);
            return 1;
        }

        public Task Open()
        {
            _opened.SetResult();
            return Task.CompletedTask;
        }

        public void Note(string log, int number) => Signal.Of(log).Write($"{number}");

        public async Task StartEnd(string log, int number)
        {
            Signal.Of(log).Write($"start {number}");
            await Task.Yield();
            Signal.Of(log).Write($"end {number}");
        }

        public async Task<string[]> Threads()
        {
            string? first = Thread.CurrentThread.Name;
            await Task.Yield();
            string? second = Thread.CurrentThread.Name;
            await Task.Run(() => 1);
            string? third = Thread.CurrentThread.Name;
            await Ray.Remote(() => 1);
            return [first ?? "", second ?? "", third ?? "", Thread.CurrentThread.Name ?? ""];
        }

        private static void Step(string inside)
        {
            Signal.Of(inside).Enter();
            Thread.SpinWait(500);
            Signal.Of(inside).Leave();
        }
    }

    private sealed class Hall
    {
        private readonly Lock _lock = new();
        private int _waiting;
        private TaskCompletionSource _full = new();

        /// <summary>Ends once <paramref name="together"/> calls are here.</summary>
        public void Stay(string inside, int together)
        {
            Signal.Of(inside).Enter();
            Task full;
            lock (_lock)
            {
                full = _full.Task;
                if (++_waiting == together)
                {
                    _full.SetResult();
                    _full = new TaskCompletionSource();
                    _waiting = 0;
                }
            }

            bool met = full.Wait(Signal.Limit);
            Signal.Of(inside).Leave();
            Assert.True(met, $"fewer than {together} calls ran together");
        }

        public string Echo(string text) => text;
    }

    private sealed class Grouped
    {
        private readonly Hall _hall = new();
        private int _plain = 1;

        public void Block(string gate)
        {
            Signal.Of(gate + ".running").Set();
            Signal.Of(gate).Wait();
        }

        public int Plain() => ++_plain;

        [ConcurrencyGroup("io")]
        public int Io() => _plain;

        [ConcurrencyGroup("io")]
        public void Pair(string inside) => _hall.Stay(inside, 2);
    }
}
