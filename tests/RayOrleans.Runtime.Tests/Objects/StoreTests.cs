using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests.Objects;

public sealed class StoreTests
{
    private const int Megabyte = 1 << 20;

    private static ReadOnlyMemory<int> s_kept;

    [Fact]
    public async Task LargeValues_GoThroughTheStore()
    {
        await using IRay ray = await Nodes.StartAsync();
        byte[] data = new byte[8 * Megabyte];
        Random.Shared.NextBytes(data);
        ObjectRef<byte[]> put = ray.Put(data);
        Assert.True(ray.Services().Store.UsedBytes >= data.Length);
        Assert.True(data.AsSpan().SequenceEqual(ray.Get(put)));
        ObjectRef<byte[]> made = ray.Remote(d => d.Reverse().ToArray(), put);
        byte[] turned = await made.Soon();
        Assert.True(data.AsEnumerable().Reverse().ToArray().AsSpan().SequenceEqual(turned));
        Assert.Equal(data.Length, await ray.Remote(d => d.Length, data).Soon());
        put.Dispose();
        made.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Gets_OfAValueInPlace_ShareAPinWhileAnyOfItIsAlive_AndPinnedOnesHaveTheirOwn()
    {
        await using IRay ray = await Nodes.StartAsync();
        using ObjectRef<ReadOnlyMemory<int>> put = ray.Put((ReadOnlyMemory<int>)Enumerable.Range(0, Megabyte).ToArray());
        ReadOnlyMemory<int> first = ray.Get(put);
        ReadOnlyMemory<int> second = ray.Get(put);
        Assert.Equal(1, Pins());
        Assert.True(first.Equals(second), "The second get made a view of its own.");
        using (Pinned<ReadOnlyMemory<int>> pinned = ray.GetPinned(put))
        {
            Assert.Equal(2, Pins());
            Assert.Equal(Megabyte - 1, pinned.Value.Span[^1]);
        }

        Assert.Equal(1, Pins());
        Assert.Equal(Megabyte - 1, ray.Get(put).Span[^1]);
        Assert.Equal((0, 1), (first.Span[0], second.Span[1]));
        GC.KeepAlive((first, second));
        first = second = default;
        await Patience.OnThread(
            () => Patience.Until(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return Pins() == 0;
                },
                () => $"the shared pin to be collected; there are {Pins()}"),
            "no pins");
        Assert.Equal(1, ray.Get(put).Span[1]);

        int Pins() => ((StoreValue)ray.Services().EntryOf(put).Value!).Stored.PinCount;
    }

    [Fact]
    public async Task SmallValues_StayOutOfTheStore()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<byte[]> put = ray.Put(new byte[1000]);
        Assert.Equal(0, ray.Services().Store.UsedBytes);
        Assert.Equal(1000, ray.Get(put).Length);
    }

    [Fact]
    public async Task DroppedHandles_MakeRoom()
    {
        await using IRay ray = await Nodes.StartAsync();
        await Patience.OnThread(
            () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    PutAndDrop(ray, i);
                }
            },
            "100 puts of 8 MB into a store of 64 MB");
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task KeptHandles_FillTheStore_AndTheErrorHasTheSizes()
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => { o.ObjectStoreFullTimeout = TimeSpan.FromMilliseconds(100); o.Spilling = false; });
        List<ObjectRef<byte[]>> kept = [];
        ObjectStoreFullException error = Assert.Throws<ObjectStoreFullException>(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                kept.Add(ray.Put(new byte[8 * Megabyte]));
            }
        });
        Assert.InRange(kept.Count, 6, 8);
        Assert.True(error.RequestedBytes >= 8 * Megabyte);
        Assert.Equal(64L * Megabyte, error.CapacityBytes);
        Assert.InRange(error.UsedBytes, kept.Count * 8L * Megabyte, error.CapacityBytes);
        Assert.Equal(ray.Nodes()[0].NodeId, error.NodeId);
        Assert.Contains("Dispose", error.Message);
        kept[0].Dispose();
        kept.Add(ray.Put(new byte[8 * Megabyte]));
        Assert.All(kept[1..], r => Assert.Equal(8 * Megabyte, ray.Get(r).Length));
    }

    [Fact]
    public async Task ValueLargerThanTheStore_FailsAtOnce()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectStoreFullException error = Assert.Throws<ObjectStoreFullException>(() => ray.Put(new byte[80 * Megabyte]));
        Assert.True(error.RequestedBytes > error.CapacityBytes);
        await Assert.ThrowsAsync<ObjectStoreFullException>(async () => await ray.PutAsync(new byte[80 * Megabyte]));
        ObjectRef<byte[]> result = ray.Remote(() => new byte[80 * Megabyte]);
        ObjectStoreFullException remote = await Assert.ThrowsAsync<ObjectStoreFullException>(() => result.Soon());
        Assert.True(remote.RequestedBytes > remote.CapacityBytes);
        result.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task PutAsync_WaitsForRoom()
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => { o.ObjectStoreFullTimeout = TimeSpan.Zero; o.Spilling = false; });
        List<ObjectRef<byte[]>> kept = [];
        for (int i = 0; i < 3; i++)
        {
            kept.Add(ray.Put(new byte[20 * Megabyte]));
        }

        Assert.Throws<ObjectStoreFullException>(() => ray.Put(new byte[20 * Megabyte]));
        Task<ObjectRef<byte[]>> waiting = ray.PutAsync(new byte[20 * Megabyte]).AsTask();
        Patience.Until(() => ray.Services().Store.GetTotals().Waiting == 1, "PutAsync waited");
        Assert.False(waiting.IsCompleted);
        kept[1].Dispose();
        kept[1] = await waiting.WaitAsync(Patience.Limit);
        Assert.Equal(20 * Megabyte, ray.Get(kept[1]).Length);
        using CancellationTokenSource stop = new();
        Task<ObjectRef<byte[]>> given = ray.PutAsync(new byte[20 * Megabyte], cancellationToken: stop.Token).AsTask();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(Patience.Limit));
        Assert.Equal(3, ray.Get(kept).Count);
    }

    [Fact]
    public async Task GetPinned_KeepsTheValueInPlaceUntilDisposed()
    {
        await using IRay ray = await Nodes.StartAsync();
        ReadOnlyMemory<int> data = Enumerable.Range(0, Megabyte).ToArray();
        ObjectRef<ReadOnlyMemory<int>> put = ray.Put(data);
        Pinned<ReadOnlyMemory<int>> pinned = ray.GetPinned(put);
        put.Dispose();
        Nodes.Collect();
        Assert.True(ray.Services().Store.UsedBytes > 4 * Megabyte, "The pinned block must stay.");
        Assert.True(pinned.Value.Span.SequenceEqual(data.Span));
        pinned.Dispose();
        pinned.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pinned.Value.Length);
    }

    [Fact]
    public async Task GetPinned_IsDisposed_AndTheMemoryIsFreeAtOnceWithoutACollection()
    {
        await using IRay ray = await Nodes.StartAsync();
        long before = ray.Services().Store.UsedBytes;
        ObjectRef<ReadOnlyMemory<int>> put = ray.Put((ReadOnlyMemory<int>)new int[Megabyte]);
        Pinned<ReadOnlyMemory<int>> pinned = ray.GetPinned(put);
        ReadOnlyMemory<int> kept = pinned.Value;
        put.Dispose();
        Assert.True(ray.Services().Store.UsedBytes >= before + (4 * Megabyte), "The pinned block must stay.");
        pinned.Dispose();
        Assert.Equal(before, ray.Services().Store.UsedBytes);
        Assert.Throws<ObjectDisposedException>(() => kept.Span.Length);
    }

    [Fact]
    public async Task Get_InATask_MemoryThatIsKeptLongerStaysValid()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<ReadOnlyMemory<int>> put = ray.Put((ReadOnlyMemory<int>)Enumerable.Range(0, Megabyte).ToArray());
        ReadOnlyMemory<int>[] kept = new ReadOnlyMemory<int>[1];
        Func<ReadOnlyMemory<int>, ReadOnlyMemory<int>> keep = m => s_kept = m;
        await ray.Remote(keep, put).Soon();
        (kept[0], s_kept) = (s_kept, default);
        put.Dispose();
        Nodes.Collect();
        Assert.Equal(Megabyte, kept[0].Length);
        Assert.Equal(Megabyte - 1, kept[0].Span[^1]);
    }

    [Fact]
    public async Task GetPinned_OfAFailedTask_ThrowsItsError()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> failed = ray.Remote(new Func<int>(() => throw new FormatException()));
        Assert.Throws<RayTaskException>(() => ray.GetPinned(failed, Patience.Limit));
        using Pinned<int> small = ray.GetPinned(ray.Put(3));
        Assert.Equal(3, small.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(3 * Megabyte)]
    public async Task Buffer_WrittenAndSealed_IsAnObject(int length)
    {
        await using IRay ray = await Nodes.StartAsync();
        using SharedBuffer<double> buffer = ray.CreateBuffer<double>(length);
        Assert.Equal(length, buffer.Length);
        for (int i = 0; i < length; i++)
        {
            buffer.Span[i] = i;
        }

        using ObjectRef<ReadOnlyMemory<double>> sealedBuffer = buffer.Seal();
        Assert.Throws<InvalidOperationException>(() => buffer.Span.Length);
        Assert.Throws<InvalidOperationException>(() => buffer.Seal());
        ReadOnlyMemory<double> got = ray.Get(sealedBuffer);
        Assert.Equal(length, got.Length);
        Assert.True(length == 0 || got.Span[length - 1] == length - 1);
        Assert.Equal(length, await ray.Remote(m => m.Length, sealedBuffer).Soon());
    }

    [Fact]
    public async Task Buffer_Sealed_IsReadWhereItWasWritten()
    {
        await using IRay ray = await Nodes.StartAsync();
        using SharedBuffer<byte> buffer = ray.CreateBuffer<byte>(40 * Megabyte);
        Span<byte> written = buffer.Span;
        written[^1] = 7;
        long used = ray.Nodes()[0].ObjectStoreUsedBytes;
        Assert.True(used >= 40 * Megabyte, "The buffer is memory of the store.");

        using ObjectRef<ReadOnlyMemory<byte>> sealedBuffer = buffer.Seal();
        NodeInfo node = ray.Nodes()[0];
        Assert.Equal((used, 1L), (node.ObjectStoreUsedBytes, node.ObjectStore!.Objects));
        using Pinned<ReadOnlyMemory<byte>> pinned = ray.GetPinned(sealedBuffer);
        Assert.True(Unsafe.AreSame(ref MemoryMarshal.GetReference(written), ref MemoryMarshal.GetReference(pinned.Value.Span)), "The reader sees the memory that was written.");
        Assert.Equal(7, pinned.Value.Span[^1]);
    }

    [Fact]
    public async Task Buffer_SealedByATaskAndByAnActor_IsNotCopiedEither()
    {
        // A store of 64 MB has no room for a second copy.
        await using IRay ray = await Nodes.StartAsync();
        using ObjectRef<ObjectRef<ReadOnlyMemory<byte>>> ofTask = ray.Remote(Filled, 24 * Megabyte);
        ActorHandle<BufferMaker> maker = ray.Actor(static () => new BufferMaker());
        using ObjectRef<ObjectRef<ReadOnlyMemory<byte>>> ofActor = maker.Remote(static m => m.Make(24 * Megabyte));
        using ObjectRef<ReadOnlyMemory<byte>> first = await ofTask.Soon();
        using ObjectRef<ReadOnlyMemory<byte>> second = await ofActor.Soon();

        ObjectStoreInfo store = ray.Nodes()[0].ObjectStore!;
        Assert.Equal((2L, 0L), (store.Objects, store.Spills));
        Assert.All([first, second], r => Assert.Equal((24 * Megabyte, 7), (ray.Get(r).Length, ray.Get(r).Span[^1])));
    }

    [Fact]
    public async Task BuffersInsideAUsersType_AreReadInPlace()
    {
        await using IRay ray = await Nodes.StartAsync();
        using ObjectRef<Labelled> labelled = ray.Remote(static length => new Labelled("a", new byte[length], new int[length / 4]), 8 * Megabyte);
        using Pinned<Labelled> one = ray.GetPinned(labelled);
        using Pinned<Labelled> other = ray.GetPinned(labelled);
        Assert.NotSame(one.Value, other.Value);
        Assert.True(Unsafe.AreSame(ref MemoryMarshal.GetReference(one.Value.Bytes.Span), ref MemoryMarshal.GetReference(other.Value.Bytes.Span)));
        Assert.True(Unsafe.AreSame(ref MemoryMarshal.GetReference(one.Value.Numbers.Span), ref MemoryMarshal.GetReference(other.Value.Numbers.Span)));
    }

    private static ObjectRef<ReadOnlyMemory<byte>> Filled(int length)
    {
        using SharedBuffer<byte> buffer = Ray.CreateBuffer<byte>(length);
        buffer.Span.Fill(7);
        return buffer.Seal();
    }

    private sealed class BufferMaker
    {
        public ObjectRef<ReadOnlyMemory<byte>> Make(int length) => Filled(length);
    }

    private sealed record Labelled(string Name, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<int> Numbers);

    [Fact]
    public async Task Buffer_DisposedUnsealed_GivesItsRoomBack()
    {
        await using IRay ray = await Nodes.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            using SharedBuffer<byte> buffer = ray.CreateBuffer<byte>(30 * Megabyte);
            buffer.Span[0] = 1;
        }

        Assert.Equal(0, ray.StoredBytes());
        Assert.Throws<ObjectStoreFullException>(() => ray.CreateBuffer<byte>(70 * Megabyte));
        Assert.Throws<ArgumentOutOfRangeException>(() => ray.CreateBuffer<byte>(-1));
    }

    [Fact]
    public async Task Buffers_ForgottenUnsealed_AreGivenBackWhenRoomIsNeeded()
    {
        await using IRay ray = await Nodes.StartAsync();
        await Patience.OnThread(
            () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    ForgetBuffer(ray);
                }
            },
            "ten buffers of 30 MB in a store of 64 MB");
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task ZeroCopyMemory_OfATask_IsReadInPlaceAndLetGoAfterwards()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<ReadOnlyMemory<byte>> put = ray.Put<ReadOnlyMemory<byte>>(new byte[10 * Megabyte]);
        Gate inside = Gate.New();
        ObjectRef<int> reader = ray.Remote(
            (m, g) =>
            {
                g.Enter();
                return m.Length;
            },
            put,
            inside);
        inside.AwaitArrivals(1);
        Assert.True(Assert.Single(ray.State.Objects(o => o.ObjectId == put.Id)).Pins >= 1, "The running task reads in place.");
        inside.Open();
        Assert.Equal(10 * Megabyte, await reader.Soon());
        put.Dispose();
        reader.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetBuffer(IRay ray) => ray.CreateBuffer<byte>(30 * Megabyte).Span[0] = 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PutAndDrop(IRay ray, int i)
    {
        byte[] data = new byte[8 * Megabyte];
        data[0] = (byte)i;
        Assert.Equal((byte)i, ray.Get(ray.Put(data))[0]);
    }
}
