namespace RayOrleans.Runtime.Tests;

public sealed class RayQueueTests
{
    [Fact]
    public async Task PutGet_KeepsOrderAndCount()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(options: ray.Options());
        for (int i = 0; i < 100; i++)
        {
            await queue.PutAsync(i, Signal.Limit);
        }

        Assert.Equal(100, queue.Count());
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, await queue.GetAsync(Signal.Limit));
        }

        Assert.Equal(0, await queue.CountAsync());
    }

    [Fact]
    public async Task Empty_GetWithTimeoutOrTry_SaysSo()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<string> queue = new(options: ray.Options());
        Assert.False(queue.TryGet(out _));
        Assert.Throws<RayQueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(5)));
        await Assert.ThrowsAsync<RayQueueEmptyException>(() => queue.GetAsync(TimeSpan.FromMilliseconds(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Get(TimeSpan.FromSeconds(-3)));

        // Those who gave up are not served any more.
        queue.Put("first");
        Assert.True(queue.TryGet(out string item));
        Assert.Equal("first", item);
    }

    [Fact]
    public async Task Full_PutWithTimeoutOrTry_SaysSo()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(2, ray.Options());
        Assert.True(queue.TryPut(1));
        Assert.True(queue.TryPut(2));
        Assert.False(queue.TryPut(3));
        Assert.Throws<RayQueueFullException>(() => queue.Put(3, TimeSpan.FromMilliseconds(5)));
        await Assert.ThrowsAsync<RayQueueFullException>(() => queue.PutAsync(3, TimeSpan.FromMilliseconds(5)));

        Assert.Equal(1, queue.Get());
        Assert.Equal(2, queue.Get());
        Assert.False(queue.TryGet(out _));
    }

    [Fact]
    public async Task FullQueue_Put_WaitsForRoomInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(1, ray.Options());
        queue.Put(0);
        Task first = queue.PutAsync(1);
        Task second = queue.PutAsync(2);
        Assert.False(first.IsCompleted);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(i, await queue.GetAsync(Signal.Limit));
        }

        await first.Within("the first put");
        await second.Within("the second put");
    }

    [Fact]
    public async Task WaitingGetters_AreServedInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(options: ray.Options());
        Task<int>[] getters = [.. Enumerable.Range(0, 20).Select(_ => queue.GetAsync())];
        for (int i = 0; i < 20; i++)
        {
            queue.Put(i);
        }

        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(getters).Within("all getters"));
    }

    [Fact]
    public async Task GetCancelled_Item_GoesToTheNext()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(options: ray.Options());
        using CancellationTokenSource stop = new();
        Task<int> given_up = queue.GetAsync(cancellationToken: stop.Token);
        Assert.Equal(0, queue.Count());
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given_up.Within("the cancelled getter"));

        // The cancellation reaches the actor beside its calls, so an item may still be handed over and come back to the front.
        queue.Put(7);
        Assert.Equal(7, await queue.GetAsync(Signal.Limit));
    }

    [Fact]
    public async Task Batches_AllOrNothing()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(4, ray.Options());
        Assert.False(queue.TryPutAll([1, 2, 3, 4, 5]));
        Assert.True(queue.TryPutAll([1, 2, 3]));
        Assert.False(queue.TryPutAll([4, 5]));
        Assert.False(queue.TryGetMany(4, out IReadOnlyList<int> none));
        Assert.Empty(none);
        Assert.True(queue.TryGetMany(2, out IReadOnlyList<int> two));
        Assert.Equal([1, 2], two);
        Assert.Equal(1, queue.Count());
    }

    [Fact]
    public async Task Queue_PassedToTasks_IsShared()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(3, ray.Options());
        ObjectRef<int> producer = ray.Remote(Produce, queue, 200);
        ObjectRef<long>[] consumers = [.. Enumerable.Range(0, 2).Select(_ => ray.Remote(q => Consume(q, 100), queue))];
        Assert.Equal(200, await producer.Within("the producer"));
        Assert.Equal(Enumerable.Range(0, 200).Sum(), (await ray.GetAsync(consumers).AsTask().Within("the consumers")).Sum());
        Assert.Equal(0, queue.Count());
    }

    [Fact]
    public async Task Queue_OfReferences_CarriesThem()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<ObjectRef<byte[]>> queue = new(options: ray.Options());
        await queue.PutAsync(ray.Put(new byte[500_000]));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        ObjectRef<byte[]> reference = await queue.GetAsync(Signal.Limit);
        Assert.Equal(500_000, (await reference.Within("the value")).Length);
    }

    [Fact]
    public async Task ManyWaiters_MoreThanTheDefaultConcurrency_StillServed()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(options: ray.Options());
        Task<int>[] getters = [.. Enumerable.Range(0, 1500).Select(_ => queue.GetAsync())];
        Assert.True(queue.TryPutAll(Enumerable.Range(0, 1500).ToArray()));
        Assert.Equal(Enumerable.Range(0, 1500).Sum(), (await Task.WhenAll(getters).Within("1,500 waiting getters")).Sum());
    }

    [Fact]
    public async Task Shutdown_Waiters_GetActorDied()
    {
        await using IRay ray = await TestNode.StartAsync();
        using RayQueue<int> queue = new(options: ray.Options());
        Task<int> waiting = queue.GetAsync();
        queue.Shutdown();
        await Assert.ThrowsAsync<ActorDiedException>(() => waiting.Within("the waiting getter"));
        Assert.Throws<ActorDiedException>(() => queue.Put(1));
    }

    private static int Produce(RayQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i, Signal.Limit);
        }

        return count;
    }

    private static async Task<long> Consume(RayQueue<int> queue, int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += await queue.GetAsync(Signal.Limit);
        }

        return sum;
    }
}
