namespace RayOrleans.Runtime.Tests;

public sealed class ActorPoolTests
{
    [Fact]
    public async Task GetNext_MoreSubmitsThanActors_GivesTheOrderOfSubmission()
    {
        await using IRay ray = await TestNode.StartAsync();
        ActorPool<Doubler> pool = NewPool(ray, 2);
        for (int i = 0; i < 20; i++)
        {
            pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), i);
        }

        for (int i = 0; i < 20; i++)
        {
            Assert.True(pool.HasNext);
            Assert.Equal(2 * i, await pool.GetNextAsync<int>(Signal.Limit));
        }

        Assert.False(pool.HasNext);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.GetNextAsync<int>());
    }

    [Fact]
    public async Task GetNextUnordered_SlowFirst_GivesTheOrderOfCompletion()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ActorPool<Doubler> pool = NewPool(ray, 2);
        pool.Submit((a, v) => a.Remote((d, g) => d.Slow(g), v), gate);
        pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), 5);

        Assert.Equal(10, await pool.GetNextUnorderedAsync<int>(Signal.Limit));
        Signal.Of(gate).Set();
        Assert.Equal(-1, await pool.GetNextUnorderedAsync<int>(Signal.Limit));
        Assert.False(pool.HasNext);
    }

    [Fact]
    public async Task GetNext_Timeout_ThrowsAndTheResultStays()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ActorPool<Doubler> pool = NewPool(ray, 1);
        pool.Submit((a, v) => a.Remote((d, g) => d.Slow(g), v), gate);
        Assert.ThrowsAny<TimeoutException>(() => pool.GetNext<int>(TimeSpan.FromMilliseconds(5)));
        await Assert.ThrowsAnyAsync<TimeoutException>(() => pool.GetNextUnorderedAsync<int>(TimeSpan.FromMilliseconds(5)));
        Assert.True(pool.HasNext);
        Signal.Of(gate).Set();
        Assert.Equal(-1, pool.GetNext<int>(Signal.Limit));
    }

    [Fact]
    public async Task Pending_NobodyFetches_StartsWhenAnActorIsFree()
    {
        await using IRay ray = await TestNode.StartAsync();
        string first = Signal.NewName();
        string second = Signal.NewName();
        ActorPool<Doubler> pool = NewPool(ray, 1);
        pool.Submit((a, v) => a.Remote((d, g) => d.Slow(g), v), first);
        pool.Submit((a, v) => a.Remote((d, g) => d.Slow(g), v), second);
        Assert.False(pool.HasFree);
        Signal.Of(first).Set();
        await Signal.Of(second + ".running").WaitAsync("the second call runs though nothing was fetched");
        Signal.Of(second).Set();
        Assert.Equal(-1, await pool.GetNextAsync<int>(Signal.Limit));
        Assert.Equal(-1, await pool.GetNextAsync<int>(Signal.Limit));
    }

    [Fact]
    public async Task Map_AfterEarlierSubmits_GivesOnlyItsOwnResultsInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        ActorPool<Doubler> pool = NewPool(ray, 3);
        pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), 1000);
        pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), 2000);
        List<int> results = await ReadAsync(pool.Map((a, v) => a.Remote((d, x) => d.Double(x), v), Enumerable.Range(0, 50))).Within("the map");

        Assert.Equal(Enumerable.Range(0, 50).Select(x => 2 * x), results);
        Assert.False(pool.HasNext);
    }

    [Fact]
    public async Task Map_BeforeItIsRead_SubmitsEverything()
    {
        await using IRay ray = await TestNode.StartAsync();
        string ran = Signal.NewName();
        ActorPool<Doubler> pool = NewPool(ray, 2);
        IAsyncEnumerable<int> results = pool.Map((a, v) => a.Remote((d, s) => d.Count(s), v), Enumerable.Repeat(ran, 10));
        await Waiting.Until(() => Signal.Of(ran).Count == 10, "all calls ran before anything was read");
        Assert.Equal(10, (await ReadAsync(results).Within("the map")).Count);
    }

    [Fact]
    public async Task MapUnordered_AllValues_AreThereOnce()
    {
        await using IRay ray = await TestNode.StartAsync();
        ActorPool<Doubler> pool = NewPool(ray, 3);
        List<int> results = await ReadAsync(pool.MapUnordered((a, v) => a.Remote((d, x) => d.Double(x), v), Enumerable.Range(0, 50))).Within("the map");
        Assert.Equal(Enumerable.Range(0, 50).Select(x => 2 * x), results.Order());
    }

    [Fact]
    public async Task FailedCall_Fetch_ThrowsAndTheActorGoesOn()
    {
        await using IRay ray = await TestNode.StartAsync();
        ActorPool<Doubler> pool = NewPool(ray, 1);
        pool.Submit((a, v) => a.Remote((d, m) => d.Fail(m), v), "bad value");
        pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), 4);
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => pool.GetNextAsync<int>(Signal.Limit));
        Assert.Equal("bad value", error.InnerException!.Message);
        Assert.Equal(8, await pool.GetNextAsync<int>(Signal.Limit));
    }

    [Fact]
    public async Task Push_Member_ThrowsAndNewcomerTakesAPendingCall()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ActorHandle<Doubler> first = ray.Actor(() => new Doubler());
        ActorPool<Doubler> pool = new([first]);
        Assert.Throws<ArgumentException>(() => pool.Push(first));
        Assert.Throws<ArgumentException>(() => new ActorPool<Doubler>([first, first]));

        pool.Submit((a, v) => a.Remote((d, g) => d.Slow(g), v), gate);
        pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), 3);
        pool.Push(ray.Actor(() => new Doubler()));
        Assert.Equal(6, await pool.GetNextUnorderedAsync<int>(Signal.Limit));
        Signal.Of(gate).Set();
        Assert.Equal(-1, await pool.GetNextAsync<int>(Signal.Limit));
    }

    [Fact]
    public async Task PopIdle_BusyOrIdle_GivesNullOrTheActor()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ActorHandle<Doubler> only = ray.Actor(() => new Doubler());
        ActorPool<Doubler> pool = new([only]);
        pool.Submit((a, v) => a.Remote((d, g) => d.Slow(g), v), gate);
        Assert.Null(pool.PopIdle());
        Signal.Of(gate).Set();
        await pool.GetNextAsync<int>(Signal.Limit);
        Assert.Equal(only, pool.PopIdle());
        Assert.False(pool.HasFree);
        pool.Push(only);
        Assert.True(pool.HasFree);
    }

    [Fact]
    public async Task Pool_InsideATask_BlockingFetch_Works()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int> sum = ray.Remote(static () =>
        {
            ActorPool<Doubler> pool = new([Ray.Actor(() => new Doubler()), Ray.Actor(() => new Doubler())]);
            for (int i = 0; i < 10; i++)
            {
                pool.Submit((a, v) => a.Remote((d, x) => d.Double(x), v), i);
            }

            int total = 0;
            while (pool.HasNext)
            {
                total += pool.GetNext<int>(Signal.Limit);
            }

            return total;
        });
        Assert.Equal(90, await sum.Within("the task with a pool of its own on one CPU"));
    }

    private static ActorPool<Doubler> NewPool(IRay ray, int actors) => new(Enumerable.Range(0, actors).Select(_ => ray.Actor(() => new Doubler())));

    private static async Task<List<int>> ReadAsync(IAsyncEnumerable<int> source)
    {
        List<int> items = [];
        await foreach (int item in source)
        {
            items.Add(item);
        }

        return items;
    }

    private sealed class Doubler
    {
        public int Double(int x) => 2 * x;

        public int Slow(string gate)
        {
            Signal.Of(gate + ".running").Set();
            Signal.Of(gate).Wait();
            return -1;
        }

        public int Count(string name) => Signal.Of(name).Hit();

        public int Fail(string message) => throw new InvalidOperationException(message);
    }
}
