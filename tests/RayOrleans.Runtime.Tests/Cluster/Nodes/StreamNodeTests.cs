using static RayOrleans.Runtime.Tests.StreamSources;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Streams whose tasks run on another node than their reader.</summary>
public sealed class StreamNodeTests
{
    private const int Window = 4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Items_OfATaskElsewhere_ComeInOrder(bool asynchronous)
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using (ObjectRefStream<string> stream = asynchronous ? nodes.Elsewhere.Stream(WhereAsync, 300) : nodes.Elsewhere.Stream(Where, 300))
        {
            Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{nodes.Second.Services.NodeId} {i}"), await ReadAsync(nodes, stream));
        }

        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Items_OfAnActorElsewhere_ComeInOrder()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using (ActorHandle<StreamSourceActor> actor = nodes.Elsewhere.Actor(static () => new StreamSourceActor()))
        {
            using ObjectRefStream<int> stream = actor.Stream(static a => a.Count(100));
            Assert.Equal(Enumerable.Range(0, 100), await ReadAsync(nodes, stream));
        }

        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task LargeItems_StayWhereTheyWereMade_AndArePulled()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using (ObjectRefStream<long[]> stream = nodes.Elsewhere.Stream(Arrays, 5))
        {
            List<long[]> arrays = await ReadAsync(nodes, stream);
            Assert.Equal(Enumerable.Range(0, 5).Select(i => (100_000, (long)i)), arrays.Select(a => (a.Length, a[^1])));
        }

        await nodes.IsEmptyAsync();
    }

    /// <summary>The producer lets go of what it has put as soon as it has made the item: the item alone keeps it from then on.</summary>
    [Fact]
    public async Task Items_ThatReferToOthers_KeepThem()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using (ObjectRefStream<List<ObjectRef<long[]>>> stream = nodes.Elsewhere.Stream(Boxes, 20))
        {
            List<List<ObjectRef<long[]>>> boxes = await ReadAsync(nodes, stream);
            for (int i = 0; i < boxes.Count; i++)
            {
                Assert.Equal(i, (await boxes[i][0].AsTask().WaitAsync(Patience.Limit))[^1]);
                boxes[i][0].Dispose();
            }

            Assert.Equal(20, boxes.Count);
        }

        await nodes.IsEmptyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Producer_Elsewhere_IsAWindowAheadAtMost(bool asynchronous)
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.MaxBufferedStreamItems = Window);
        string made = Signal.NewName();
        using (ObjectRefStream<int> stream = asynchronous ? nodes.Elsewhere.Stream(CountHitsAsync, 100, made) : nodes.Elsewhere.Stream(CountHits, 100, made))
        {
            await Waiting.Until(() => Signal.Of(made).Count == Window, "the producer is at its window");
            int taken = 0;
            await foreach (ObjectRef<int> item in stream)
            {
                Assert.InRange(Signal.Of(made).Count, taken, ++taken + Window);
                Assert.Equal(taken - 1, await item.AsTask().WaitAsync(Patience.Limit));
                item.Dispose();
            }

            Assert.Equal((100, 100), (taken, Signal.Of(made).Count));
        }

        await nodes.IsEmptyAsync();
    }

    [Theory]
    [InlineData(Window)]
    [InlineData(int.MaxValue)]
    public async Task Reader_ThatLeaves_EndsTheProducerElsewhere(int window)
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.MaxBufferedStreamItems = window);
        string ended = Signal.NewName();
        using (ObjectRefStream<int> stream = nodes.Elsewhere.Stream(Endless, ended))
        {
            await using IAsyncEnumerator<ObjectRef<int>> reader = stream.GetAsyncEnumerator();
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
            reader.Current.Dispose();
        }

        await Signal.Of(ended).WaitAsync("the producer ended");
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Retry_Elsewhere_NeverRepeatsItems()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.MaxBufferedStreamItems = Window);
        string attempts = Signal.NewName();
        RemoteOptions options = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId), maxRetries: 3, retryExceptions: true);
        using (ObjectRefStream<int> stream = options.Stream(FailTwice, attempts))
        {
            Assert.Equal(Enumerable.Range(0, 12), await ReadAsync(nodes, stream));
        }

        Assert.Equal(3, Signal.Of(attempts).Count);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Error_Elsewhere_ComesAfterTheItems()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using (ObjectRefStream<int> stream = nodes.Elsewhere.Stream(FailAfter, 3))
        {
            List<int> items = [];
            RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => ReadAsync(nodes, stream, items));
            Assert.Equal([0, 1, 2], items);
            Assert.Contains("no more", error.Message, StringComparison.Ordinal);
        }

        await nodes.IsEmptyAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task NodeDies_UnderAStream_ItIsRepeatedElsewhereOrEnds(int maxRetries)
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        string gate = Signal.NewName();
        RemoteOptions options = nodes.Ray.Options(
            schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true), maxRetries: maxRetries);
        using (ObjectRefStream<int> stream = options.Stream(StopAfterThree, gate))
        {
            List<int> items = [];
            await using IAsyncEnumerator<ObjectRef<int>> reader = stream.GetAsyncEnumerator();
            for (int i = 0; i < 3; i++)
            {
                Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
                items.Add(await reader.Current);
                reader.Current.Dispose();
            }

            await nodes.Nodes.RemoveAsync(nodes.Second);
            Signal.Of(gate).Set();
            if (maxRetries == 0)
            {
                await Assert.ThrowsAsync<NodeDiedException>(() => reader.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
            }
            else
            {
                items.AddRange(await ReadAsync(nodes, stream));
                Assert.Equal(Enumerable.Range(0, 5), items);
            }
        }

        await nodes.IsEmptyAsync();
    }

    private static async Task<List<T>> ReadAsync<T>(TwoNodes nodes, ObjectRefStream<T> stream, List<T>? into = null)
    {
        List<T> items = into ?? [];
        await using IAsyncEnumerator<ObjectRef<T>> reader = stream.GetAsyncEnumerator();
        try
        {
            while (await reader.MoveNextAsync().AsTask().WaitAsync(Patience.Limit))
            {
                items.Add(await reader.Current.AsTask().WaitAsync(Patience.Limit));
                reader.Current.Dispose();
            }
        }
        catch (TimeoutException e) when (e is not IRayException)
        {
            throw new TimeoutException($"Waited in vain for item {items.Count}: {nodes.Describe(new ObjectId(stream.TaskId, items.Count + 1))}; {nodes.Describe(new ObjectId(stream.TaskId, 0))}", e);
        }

        return items;
    }

    private static IEnumerable<string> Where(int count) => Enumerable.Range(0, count).Select(i => $"{Ray.Context.NodeId} {i}");

    private static async IAsyncEnumerable<string> WhereAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return $"{Ray.Context.NodeId} {i}";
        }
    }

    private static IEnumerable<long[]> Arrays(int count) => Enumerable.Range(0, count).Select(static i => Enumerable.Repeat((long)i, 100_000).ToArray());

    private static IEnumerable<List<ObjectRef<long[]>>> Boxes(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using ObjectRef<long[]> put = Ray.Put(Enumerable.Repeat((long)i, 100_000).ToArray());
            yield return [put];
        }
    }

    private static IEnumerable<int> FailTwice(string attempts)
    {
        int attempt = Signal.Of(attempts).Hit();
        for (int i = 0; i < 12; i++)
        {
            if (i == attempt * 4 && attempt < 3)
            {
                throw new InvalidOperationException("once more");
            }

            yield return i;
        }
    }

    private static IEnumerable<int> FailAfter(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }

        throw new InvalidOperationException("no more");
    }

    private static IEnumerable<int> StopAfterThree(string gate)
    {
        for (int i = 0; i < 5; i++)
        {
            if (i == 3)
            {
                Signal.Of(gate).Wait();
            }

            yield return i;
        }
    }
}
