using System.Runtime.CompilerServices;
using static RayOrleans.Runtime.Tests.StreamSources;

namespace RayOrleans.Runtime.Tests;

/// <summary>How streams end before their producers do.</summary>
public sealed class StreamEndTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_RunningProducer_Stops(bool asynchronous)
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        ObjectRefStream<int> stream = asynchronous ? ray.Stream(EndlessAsync, name) : ray.Stream(Endless, name);
        await using (IAsyncEnumerator<ObjectRef<int>> reader = stream.GetAsyncEnumerator())
        {
            Assert.True(await reader.MoveNextAsync().AsTask().Within("an item"));
        }

        stream.Dispose();
        await Signal.Of(name).WaitAsync("the producer's finally block ran");
        await Waiting.UntilCollected(() => ray.LiveObjects() == 0, "nothing is left of the stream");
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task afterwards"));
    }

    [Fact]
    public async Task Abandoned_Stream_StopsAndLeavesNothing()
    {
        await using IRay ray = await TestNode.StartAsync();
        string name = Signal.NewName();
        await Abandon(ray, name);
        await Waiting.UntilCollected(() => Signal.Of(name).IsSet, "the producer of the abandoned stream stopped");
        await Waiting.UntilCollected(() => ray.LiveObjects() == 0, "nothing is left of the stream");
    }

    [Fact]
    public async Task ConsumedItems_Dropped_AreFreedWhileTheProducerRuns()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ObjectRefStream<byte[]> stream = ray.Stream(LargeThenStop, gate);
        await ReadSome(stream, 20);
        await Waiting.UntilCollected(() => ray.Services().Store.UsedBytes < 1 << 20, "the consumed items were freed");
        Signal.Of(gate).Set();
        Assert.Empty(await stream.ToListAsync("the rest"));
    }

    [Fact]
    public async Task ActorDies_StreamQueuedOrRunning_ReaderGetsTheError()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        using ActorHandle<StreamSourceActor> actor = ray.Actor(() => new StreamSourceActor());
        using ObjectRefStream<int> running = actor.Stream((s, g) => s.StopAfter(2, g), gate);
        using ObjectRefStream<int> queued = actor.Stream(s => s.Count(5));
        await Signal.Of(gate + ".running").WaitAsync("two items are made");
        await using IAsyncEnumerator<ObjectRef<int>> reader = queued.GetAsyncEnumerator();
        Task<bool> pending = reader.MoveNextAsync().AsTask();
        ray.Kill(actor);

        await Assert.ThrowsAsync<ActorDiedException>(() => pending.Within("the queued stream"));
        await Assert.ThrowsAsync<ActorDiedException>(() => running.ToListAsync("the running stream"));
        Signal.Of(gate).Set();
    }

    [Fact]
    public async Task ArgumentFails_Reader_GetsTheError()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ObjectRef<int> bad = ray.Remote(FailOnSignal, gate);
        using ObjectRefStream<int> stream = ray.Stream(n => Enumerable.Range(0, n), bad);
        Task<List<int>> reading = stream.ToListAsync("the stream");
        Signal.Of(gate).Set();
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => reading);
        Assert.Equal("bad argument", error.InnerException!.Message);
    }

    private static async IAsyncEnumerable<int> EndlessAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            yield return 1;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            Signal.Of(name).Set();
        }
    }

    private static IEnumerable<byte[]> LargeThenStop(string gate)
    {
        for (int i = 0; i < 20; i++)
        {
            yield return new byte[300_000];
        }

        Signal.Of(gate).Wait();
    }

    private static int FailOnSignal(string gate)
    {
        Signal.Of(gate).Wait();
        throw new InvalidOperationException("bad argument");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task Abandon(IRay ray, string name)
    {
        ObjectRefStream<int> stream = ray.Stream(Endless, name);
        await using IAsyncEnumerator<ObjectRef<int>> reader = stream.GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync().AsTask().Within("an item"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task ReadSome(ObjectRefStream<byte[]> stream, int count)
    {
        await using IAsyncEnumerator<ObjectRef<byte[]>> reader = stream.GetAsyncEnumerator();
        for (int i = 0; i < count; i++)
        {
            Assert.True(await reader.MoveNextAsync().AsTask().Within($"item {i}"));
            Assert.Equal(300_000, (await reader.Current).Length);
        }
    }
}
