namespace RayOrleans.Runtime.Tests.Objects;

public sealed class PutGetTests
{
    [Fact]
    public async Task PutThenGet_OfPlainValues_GivesThemBack()
    {
        await using IRay ray = await Nodes.StartAsync(0);
        Assert.Equal(1, ray.Get(ray.Put(1)));
        Assert.Equal(1.5, ray.Get(ray.Put(1.5)));
        Assert.Equal("ä漢", ray.Get(ray.Put("ä漢")));
        Assert.Equal(long.MinValue, ray.Get(ray.Put(long.MinValue)));
        Assert.Equal(DayOfWeek.Friday, ray.Get(ray.Put(DayOfWeek.Friday)));
        Assert.Equal((1, "a"), ray.Get(ray.Put((1, "a"))));
        Assert.Null(ray.Get(ray.Put<string?>(null)));
        Assert.Equal(3, ray.Get(await ray.PutAsync(3)));
    }

    [Fact]
    public async Task Get_OfSeveral_KeepsTheirOrder()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate slow = Gate.New();
        ObjectRef<int> first = ray.Remote(g => g.Enter() * 10, slow);
        ObjectRef<int> second = ray.Remote(() => 20);
        await second.Soon();
        Task<IReadOnlyList<int>> all = Patience.OnThread(() => ray.Get([first, second, first]), "Get of three");
        slow.Open();
        Assert.Equal([10, 20, 10], await all);
        Assert.Equal([20, 10], await ray.GetAsync([second, first], Patience.Limit));
        Assert.Empty(ray.Get(Array.Empty<ObjectRef<int>>()));
        Assert.Equal([10], ray.Get(new List<ObjectRef<int>> { first }.Where(_ => true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_OfSeveral_ThrowsTheFirstFailureAtOnce(bool asynchronous)
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate slow = Gate.New();
        Gate fail = Gate.New();
        ObjectRef<int> pending = ray.Remote(g => g.Enter(), slow);
        ObjectRef<int> failing = ray.Remote(
            new Func<Gate, int>(g =>
            {
                g.Enter();
                throw new FormatException();
            }), fail);
        Task<IReadOnlyList<int>> all = asynchronous
            ? ray.GetAsync([pending, failing]).AsTask()
            : Patience.OnThread(() => ray.Get([pending, failing]), "the failure");
        fail.Open();
        Assert.IsType<FormatException>((await Assert.ThrowsAsync<RayTaskException>(() => all.WaitAsync(Patience.Limit))).InnerException);
        Assert.False(pending.IsCompleted);
        slow.Open();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_WithATimeout_ThrowsAndSucceedsLater(bool asynchronous)
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate slow = Gate.New();
        ObjectRef<int> task = ray.Options(name: "slow").Remote(g => g.Enter(), slow);
        TimeSpan little = TimeSpan.FromMilliseconds(20);
        GetTimeoutException error = asynchronous
            ? await Assert.ThrowsAsync<GetTimeoutException>(async () => await ray.GetAsync(task, little))
            : Assert.Throws<GetTimeoutException>(() => ray.Get(task, little));
        Assert.IsAssignableFrom<TimeoutException>(error);
        Assert.Contains("slow", error.Message);
        Assert.Equal(task.Id, error.ObjectId);
        Assert.Equal(little, error.Timeout);
        Assert.Throws<GetTimeoutException>(() => ray.Get([task, ray.Put(1)], TimeSpan.Zero));
        slow.Open();
        Assert.Equal(1, ray.Get(task, Patience.Limit));
        Assert.Equal(1, await ray.GetAsync(task, TimeSpan.MaxValue));
    }

    [Fact]
    public async Task Get_WithAnEnormousTimeout_Waits()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate slow = Gate.New();
        ObjectRef<int> task = ray.Remote(g => g.Enter(), slow);
        Task<int> get = ray.GetAsync(task, TimeSpan.MaxValue).AsTask();
        Task<int> blocked = Patience.OnThread(() => ray.Get(task, TimeSpan.MaxValue), "Get with the longest timeout");
        slow.Open();
        Assert.Equal(1, await get.WaitAsync(Patience.Limit));
        Assert.Equal(1, await blocked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_WhoseTokenIsCancelled_EndsAndLeavesTheTask(bool asynchronous)
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate slow = Gate.New();
        ObjectRef<int> task = ray.Remote(g => g.Enter(), slow);
        using CancellationTokenSource stop = new();
        Task<int> get = asynchronous
            ? ray.GetAsync(task, cancellationToken: stop.Token).AsTask()
            : Patience.OnThread(() => ray.Get(task, cancellationToken: stop.Token), "a Get that is cancelled");
        slow.AwaitArrivals(1);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get.WaitAsync(Patience.Limit));
        slow.Open();
        Assert.Equal(1, await task.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.AsTask(new CancellationToken(true)));
    }

    [Fact]
    public async Task Reference_Awaited_ManyTimesFromManyPlaces()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate slow = Gate.New();
        ObjectRef<int> task = ray.Remote(g => g.Enter(), slow);
        Task<int>[] awaiting = [.. Enumerable.Range(0, 20).Select(async _ => await task)];
        Task untyped = ((Func<Task>)(async () => await (ObjectRef)task))();
        slow.Open();
        Assert.All(await Task.WhenAll(awaiting).WaitAsync(Patience.Limit), v => Assert.Equal(1, v));
        await untyped.WaitAsync(Patience.Limit);
        Assert.Equal(1, await task);
    }

    [Fact]
    public async Task Reference_IsComparedById()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> a = ray.Put(1);
        ObjectRef<int> b = ray.Put(1);
        ObjectRef<int> again = ray.Get(ray.Put(a));
        Assert.NotEqual(a, b);
        Assert.Equal(a, again);
        Assert.True(a == again);
        Assert.Equal(a.GetHashCode(), again.GetHashCode());
        Assert.Equal(2, new HashSet<ObjectRef> { a, b, again }.Count);
        Assert.True(a.IsCompleted);
        Assert.Equal(typeof(int), a.ValueType);
    }
}
