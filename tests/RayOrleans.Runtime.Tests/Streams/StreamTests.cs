using static RayOrleans.Runtime.Tests.StreamSources;

namespace RayOrleans.Runtime.Tests;

public sealed class StreamTests
{
    [Fact]
    public async Task SyncEnumerable_OfTask_GivesAllItemsInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ObjectRefStream<int> stream = ray.Stream(n => Enumerable.Range(0, n), 500);
        Assert.Equal(Enumerable.Range(0, 500), await stream.ToListAsync("the stream"));
    }

    [Fact]
    public async Task AsyncEnumerable_OfTask_GivesAllItemsInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ObjectRefStream<int> stream = ray.Stream(CountAsync, 200);
        Assert.Equal(Enumerable.Range(0, 200), await stream.ToListAsync("the stream"));
    }

    [Fact]
    public async Task Streams_OfActors_GiveAllItemsInOrder()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ActorHandle<StreamSourceActor> plain = ray.Actor(() => new StreamSourceActor());
        using ActorHandle<AsyncSource> asynchronous = ray.Actor(() => new AsyncSource());
        using ObjectRefStream<int> one = plain.Stream(s => s.Count(100));
        using ObjectRefStream<int> two = asynchronous.Stream(s => s.Count(100));
        Assert.Equal(Enumerable.Range(0, 100), await one.ToListAsync("the synchronous actor's stream"));
        Assert.Equal(Enumerable.Range(0, 100), await two.ToListAsync("the asynchronous actor's stream"));
    }

    [Fact]
    public async Task Items_WhileTheProducerRuns_AreAvailable()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ObjectRefStream<int> stream = ray.Stream(StopAfterThree, gate);
        await using IAsyncEnumerator<ObjectRef<int>> reader = stream.GetAsyncEnumerator();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(await reader.MoveNextAsync().AsTask().Within($"item {i}"));
            Assert.Equal(i, await reader.Current);
        }

        ValueTask<bool> fourth = reader.MoveNextAsync();
        Assert.False(fourth.IsCompleted);
        Signal.Of(gate).Set();
        Assert.True(await fourth.AsTask().Within("the fourth item"));
        Assert.False(await reader.MoveNextAsync().AsTask().Within("the end"));
    }

    [Fact]
    public async Task Producer_OfUnreadStream_IsNotHeldUp()
    {
        await using IRay ray = await TestNode.StartAsync();
        string done = Signal.NewName();
        using ObjectRefStream<int> stream = ray.Stream(CountThenSignal, 1000, done);
        await Signal.Of(done).WaitAsync("the producer ended without a reader");
        Assert.Equal(1000, (await stream.ToListAsync("the items")).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Producer_AtItsWindow_WaitsForTheReader(bool asynchronous)
    {
        const int Window = 4;
        await using IRay ray = await TestNode.StartAsync(configure: o => o.MaxBufferedStreamItems = Window);
        string made = Signal.NewName();
        using ObjectRefStream<int> stream = asynchronous ? ray.Stream(CountHitsAsync, 200, made) : ray.Stream(CountHits, 200, made);
        await Waiting.Until(() => Signal.Of(made).Count == Window, "the producer is at its window");
        int taken = 0;
        await Read().Within("the stream");
        Assert.Equal((200, 200), (taken, Signal.Of(made).Count));

        async Task Read()
        {
            await foreach (ObjectRef<int> item in stream)
            {
                Assert.InRange(Signal.Of(made).Count, taken, ++taken + Window);
                Assert.Equal(taken - 1, await item);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Producer_AtItsWindow_GivesTheCpuBack(bool asynchronous)
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1, configure: o => o.MaxBufferedStreamItems = 2);
        using ObjectRefStream<int> stream = asynchronous ? ray.Stream(CountAsync, 50) : ray.Stream(n => Enumerable.Range(0, n), 50);
        Assert.Equal(7, await ray.Remote(() => 7).Within("a task on a node of one CPU whose producer waits"));
        Assert.Equal(50, (await stream.ToListAsync("the stream")).Count);
    }

    [Fact]
    public async Task Reader_ThatLeaves_EndsAProducerAtItsWindow()
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.MaxBufferedStreamItems = 1);
        string ended = Signal.NewName();
        using (ObjectRefStream<int> stream = ray.Stream(Endless, ended))
        {
            await using IAsyncEnumerator<ObjectRef<int>> reader = stream.GetAsyncEnumerator();
            Assert.True(await reader.MoveNextAsync().AsTask().Within("an item"));
        }

        await Signal.Of(ended).WaitAsync("the producer ended");
        await Waiting.Until(() => ray.FreeCpu() == 2, "its CPU is free");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Error_AfterSomeItems_ComesAfterThem(bool asynchronous)
    {
        await using IRay ray = await TestNode.StartAsync();
        using ObjectRefStream<int> stream = asynchronous ? ray.Stream(FailAfterAsync, 3) : ray.Stream(FailAfter, 3);
        List<int> items = [];
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => Read().Within("the stream"));
        Assert.Equal([0, 1, 2], items);
        Assert.Equal("no more", error.InnerException!.Message);

        async Task Read()
        {
            await foreach (ObjectRef<int> item in stream)
            {
                items.Add(await item);
            }
        }
    }

    [Fact]
    public async Task Retry_OfProducer_NeverRepeatsItems()
    {
        await using IRay ray = await TestNode.StartAsync();
        string attempts = Signal.NewName();
        using ObjectRefStream<int> stream = ray.Options(maxRetries: 3, retryExceptions: true).Stream(FailTwice, attempts);
        Assert.Equal(Enumerable.Range(0, 6), await stream.ToListAsync("the stream"));
        Assert.Equal(3, Signal.Of(attempts).Count);
    }

    [Fact]
    public async Task Retry_OfActorStream_NeverRepeatsItems()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<StreamSourceActor> actor = ray.Options(maxRestarts: 1, maxTaskRetries: 1).Actor(() => new StreamSourceActor());
        using ObjectRefStream<int> stream = actor.Stream((s, g) => s.StopAfter(3, g), gate);
        await Signal.Of(gate + ".running").WaitAsync("three items are made");
        ray.Kill(actor, noRestart: false);
        Signal.Of(gate).Set();
        Assert.Equal(Enumerable.Range(0, 4), await stream.ToListAsync("the stream of the restarted actor"));
    }

    [Fact]
    public async Task Empty_Stream_EndsAtOnce()
    {
        await using IRay ray = await TestNode.StartAsync();
        using ObjectRefStream<int> one = ray.Stream(() => Enumerable.Empty<int>());
        using ObjectRefStream<int> two = ray.Stream(CountAsync, 0);
        Assert.Empty(await one.ToListAsync("the empty stream"));
        Assert.Empty(await two.ToListAsync("the empty asynchronous stream"));
    }

    [Fact]
    public async Task Reader_Cancelled_LeavesTheProducerRunning()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ObjectRefStream<int> stream = ray.Stream(StopAfterThree, gate);
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            int read = 0;
            await foreach (ObjectRef<int> item in stream.WithCancellation(stop.Token))
            {
                if (++read == 3)
                {
                    stop.Cancel();
                }
            }
        });
        Signal.Of(gate).Set();
        Assert.Equal([3], await stream.ToListAsync("the rest of the stream"));
    }

    [Fact]
    public async Task Stream_ReadInsideATask_GivesTheCpuBack()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int> sum = ray.Remote(SumOfStream, 50);
        Assert.Equal(Enumerable.Range(0, 50).Sum(), await sum.Within("a task that reads a stream on a node of one CPU"));
    }

    [Fact]
    public async Task ThreeAsyncStreams_OfOneActor_Interleave()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        using ActorHandle<AsyncSource> actor = ray.Actor(() => new AsyncSource());
        ObjectRefStream<int>[] streams = [.. Enumerable.Range(0, 3).Select(_ => actor.Stream((s, n) => s.Together(3, n), name))];
        foreach (ObjectRefStream<int> stream in streams)
        {
            Assert.Equal([1, 2], await stream.ToListAsync("a stream that waits for two others at its side"));
            stream.Dispose();
        }
    }

    private static async IAsyncEnumerable<int> CountAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static IEnumerable<int> StopAfterThree(string gate)
    {
        for (int i = 0; i < 4; i++)
        {
            if (i == 3)
            {
                Signal.Of(gate).Wait();
            }

            yield return i;
        }
    }

    private static IEnumerable<int> CountThenSignal(int count, string done)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }

        Signal.Of(done).Set();
    }

    private static IEnumerable<int> FailAfter(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }

        throw new InvalidOperationException("no more");
    }

    private static async IAsyncEnumerable<int> FailAfterAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }

        throw new InvalidOperationException("no more");
    }

    private static IEnumerable<int> FailTwice(string attempts)
    {
        int attempt = Signal.Of(attempts).Hit();
        for (int i = 0; i < 6; i++)
        {
            if (i == attempt * 2 && attempt < 3)
            {
                throw new InvalidOperationException("once more");
            }

            yield return i;
        }
    }

    private static async Task<int> SumOfStream(int count)
    {
        int sum = 0;
        using ObjectRefStream<int> stream = Ray.Stream(n => Enumerable.Range(0, n), count);
        await foreach (ObjectRef<int> item in stream)
        {
            sum += await item;
        }

        return sum;
    }

    private sealed class AsyncSource
    {
        private readonly TaskCompletionSource _all = new();
        private int _here;

        public async IAsyncEnumerable<int> Count(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }

        public async IAsyncEnumerable<int> Together(int count, string name)
        {
            yield return 1;
            if (++_here == count)
            {
                _all.SetResult();
            }

            await _all.Task.WaitAsync(Signal.Limit);
            yield return 2;
            Signal.Of(name).Hit();
        }
    }
}
