using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore.Tests.Sharing;

public sealed class StoreClientTests
{
    private const int Large = 5_000_001;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(StoreServerOptions.MaxInlineLimitBytes)]
    [InlineData(StoreServerOptions.MaxInlineLimitBytes + 1)]
    [InlineData(Large)]
    public async Task Put_OfOneClient_IsGotByAnother(int length)
    {
        using TestNode node = new();
        StoreClient writer = node.Connect();
        StoreClient reader = node.Connect();
        byte[] first = TestNode.Bytes(length, 1);
        byte[] second = TestNode.Bytes(length, 2);
        writer.Put(TestNode.Key(1), first);
        await writer.PutAsync(TestNode.Key(2), second);

        foreach (bool inPlace in new[] { false, true })
        {
            using SharedObject one = reader.Get(TestNode.Key(1), inPlace: inPlace);
            using SharedObject two = await reader.GetAsync(TestNode.Key(2), inPlace: inPlace);
            Assert.Equal(inPlace || length > StoreServerOptions.MaxInlineLimitBytes, one.IsInPlace);
            Assert.Equal(one.IsInPlace, two.IsInPlace);
            Assert.True(one.GetMemory().Span.SequenceEqual(first));
            Assert.True(two.GetMemory().Span.SequenceEqual(second));
        }

        Assert.True(reader.Contains(TestNode.Key(1)) && reader.Delete(TestNode.Key(1)) && await reader.DeleteAsync(TestNode.Key(2)));
        Assert.False(writer.Contains(TestNode.Key(1)) || writer.Delete(TestNode.Key(1)) || await writer.DeleteAsync(TestNode.Key(1)));
        writer.Dispose();
        reader.Dispose();
        node.ExpectNothingLeft();
    }

    [Fact]
    public void Put_Small_TakesNoBlockUntilItIsWantedInPlace()
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        client.Put(TestNode.Key(1), TestNode.Bytes(1000, 1));
        using SharedObject copy = client.Get(TestNode.Key(1));
        Assert.Equal((0, 1, 1000), (node.Store.BlockCount, (int)node.Server.GetTotals().InlineObjects, (int)node.Server.GetTotals().InlineBytes));
        using SharedObject inPlace = client.Get(TestNode.Key(1), inPlace: true);
        using SharedObject again = client.Get(TestNode.Key(1));
        StoreServerTotals totals = client.GetTotals();
        Assert.Equal((1, 0, 0, 1, 1000), (totals.Store.BlockCount, totals.InlineObjects, totals.InlineBytes, totals.ArenaObjects, totals.ArenaObjectBytes));
        Assert.True(again.GetMemory().Span.SequenceEqual(inPlace.GetMemory().Span));
        Assert.False(again.IsInPlace);
    }

    [Fact]
    public void Put_MoreSmallOnesThanTheServerKeeps_GoIntoTheArena()
    {
        using TestNode node = new(serve: options => options.InlineCapacityBytes = 2500);
        StoreClient client = node.Connect();
        for (int i = 0; i < 10; i++)
            client.Put(TestNode.Key(i), TestNode.Bytes(1000, i));
        StoreServerTotals totals = client.GetTotals();
        Assert.Equal((2L, 8L), (totals.InlineObjects, totals.ArenaObjects));
        for (int i = 0; i < 10; i++)
        {
            using SharedObject got = client.Get(TestNode.Key(i));
            Assert.True(got.GetMemory().Span.SequenceEqual(TestNode.Bytes(1000, i)));
            Assert.True(client.Delete(TestNode.Key(i)));
        }

        totals = client.GetTotals();
        Assert.Equal((0L, 0L, 0L, 0L), (totals.InlineObjects, totals.InlineBytes, totals.ArenaObjects, totals.ArenaObjectBytes));
    }

    [Fact]
    public void Get_ItemsInPlace_AreAlignedAndReadAsTheyWereWritten()
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        double[] numbers = [.. Enumerable.Range(0, 100_000).Select(i => i / 7.0)];
        client.Put(TestNode.Key(1), MemoryMarshal.AsBytes(numbers.AsSpan()));
        using SharedObject got = client.Get(TestNode.Key(1));
        ReadOnlyMemory<double> memory = got.GetMemory<double>(8, numbers.Length - 1);
        Assert.True(memory.Span.SequenceEqual(numbers.AsSpan(1)));
        unsafe
        {
            fixed (double* first = memory.Span)
                Assert.Equal(8, (nint)first % 64);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => got.GetMemory<double>(8, numbers.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => { got.GetSpan(got.Length, 1); });
        got.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = memory.Span; });
    }

    [Fact]
    public async Task Get_BeforeTheSeal_WaitsForIt()
    {
        using TestNode node = new();
        StoreClient writer = node.Connect();
        StoreClient reader = node.Connect();
        ValueTask<SharedObject> small = reader.GetAsync(TestNode.Key(1));
        ValueTask<SharedObject> smallInPlace = reader.GetAsync(TestNode.Key(1), inPlace: true);
        ValueTask<SharedObject> large = reader.GetAsync(TestNode.Key(2));
        Task<SharedObject> blocking = Task.Factory.StartNew(
            () => reader.Get(TestNode.Key(2)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using SharedWrite write = writer.Create(TestNode.Key(2), Large);
        byte[] bytes = TestNode.Bytes(Large, 3);
        write.Write(0, bytes.AsSpan(0, 1000));
        bytes.AsSpan(1000).CopyTo(write.GetSpan(1000, Large - 1000));
        Assert.Null(reader.TryGet(TestNode.Key(2)));
        Assert.False(large.IsCompleted || blocking.IsCompleted);
        write.Seal();
        Assert.Throws<ObjectDisposedException>(() => { write.GetSpan(0, 1); });
        writer.Put(TestNode.Key(1), bytes.AsSpan(0, 100));

        using SharedObject one = await TestNode.Within(small.AsTask(), "the small object");
        using SharedObject two = await TestNode.Within(smallInPlace.AsTask(), "the small object in place");
        using SharedObject three = await TestNode.Within(large.AsTask(), "the large object");
        using SharedObject four = await TestNode.Within(blocking, "the blocking get");
        Assert.True(one.GetMemory().Span.SequenceEqual(bytes.AsSpan(0, 100)) && two.GetMemory().Span.SequenceEqual(bytes.AsSpan(0, 100)));
        Assert.True(two.IsInPlace);
        Assert.True(three.GetMemory().Span.SequenceEqual(bytes) && four.GetMemory().Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task Get_WithoutSeal_EndsWithTheReason()
    {
        using TestNode node = new();
        StoreClient writer = node.Connect();
        StoreClient reader = node.Connect();
        await Fails(StoreFailure.TimedOut, reader.GetAsync(TestNode.Key(1), TimeSpan.FromMilliseconds(20)));
        await Fails(StoreFailure.TimedOut, reader.GetAsync(TestNode.Key(1), TimeSpan.Zero));
        Assert.Equal(StoreFailure.TimedOut, Assert.Throws<StoreRequestException>(() => reader.Get(TestNode.Key(1), TimeSpan.FromMilliseconds(20))).Failure);

        using CancellationTokenSource cancellation = new();
        ValueTask<SharedObject> cancelled = reader.GetAsync(TestNode.Key(1), ct: cancellation.Token);
        await cancellation.CancelAsync();
        await Fails(StoreFailure.Cancelled, cancelled);

        ValueTask<SharedObject> aborted = Waiting(2);
        writer.Create(TestNode.Key(2), Large).Dispose();
        await Fails(StoreFailure.Aborted, aborted);

        ValueTask<SharedObject> deleted = Waiting(3);
        using SharedWrite written = writer.Create(TestNode.Key(3), Large);
        Assert.True(node.Server.Delete(TestNode.Key(3)));
        await Fails(StoreFailure.Deleted, deleted);
        written.Write(0, new byte[Large]);
        Assert.Equal(StoreFailure.Deleted, Assert.Throws<StoreRequestException>(written.Seal).Failure);

        ValueTask<SharedObject> ended = reader.GetAsync(TestNode.Key(4));
        node.Server.Dispose();
        await Fails(StoreFailure.Closed, ended, StoreFailure.Disconnected);
        await Fails(StoreFailure.Disconnected, reader.GetAsync(TestNode.Key(4)));

        ValueTask<SharedObject> Waiting(int key)
        {
            ValueTask<SharedObject> task = reader.GetAsync(TestNode.Key(key));
            // The server applies one client's requests in order.
            Assert.False(reader.Contains(TestNode.Key(key)));
            return task;
        }
    }

    [Fact]
    public async Task Create_KeyIsTaken_Fails()
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        StoreClient other = node.Connect();
        client.Put(TestNode.Key(1), [1]);
        using SharedWrite unsealed = client.Create(TestNode.Key(2), Large);
        for (int key = 1; key <= 2; key++)
        {
            Assert.Equal(StoreFailure.Exists, Assert.Throws<StoreRequestException>(() => other.Put(TestNode.Key(key), [2])).Failure);
            Assert.Equal(StoreFailure.Exists, Assert.Throws<StoreRequestException>(() => other.Create(TestNode.Key(key), Large)).Failure);
            Assert.Equal(StoreFailure.Exists, (await Assert.ThrowsAsync<StoreRequestException>(async () => await other.PutAsync(TestNode.Key(key), new byte[Large]))).Failure);
        }

        unsealed.Dispose();
        other.Put(TestNode.Key(2), [7]);
        using SharedObject got = client.Get(TestNode.Key(2));
        Assert.Equal([7], got.GetMemory().ToArray());
    }

    [Fact]
    public unsafe void Put_OfALargeObject_GoesWhereThisClientWroteBefore()
    {
        using TestNode node = new(64 << 20);
        StoreClient[] clients = [node.Connect(), node.Connect(), node.Connect()];
        nint[] first = [.. clients.Select((client, i) => Put(client, i))];
        foreach (int i in (int[])[2, 0, 1, 1, 0, 2])
        {
            DeleteAll();
            Assert.Equal(first[i], Put(clients[i], i));
        }

        void DeleteAll()
        {
            for (int i = 0; i < clients.Length; i++)
                clients[0].Delete(TestNode.Key(i));
        }

        static nint Put(StoreClient client, int number)
        {
            client.Put(TestNode.Key(number), new byte[(4 << 20) + number]);
            using SharedObject value = client.Get(TestNode.Key(number), inPlace: true);
            fixed (byte* start = value.GetSpan(0, 1))
                return (nint)start;
        }
    }

    [Fact]
    public async Task Create_StoreIsFull_WaitsForRoomOrFailsWithSizes()
    {
        using TestNode node = new(16 << 20);
        StoreClient client = node.Connect();
        StoreClient other = node.Connect();
        client.Put(TestNode.Key(1), new byte[10 << 20]);
        StoreRequestException full = Assert.Throws<StoreRequestException>(() => other.Create(TestNode.Key(2), 10 << 20, TimeSpan.Zero));
        Assert.Equal(StoreFailure.Full, full.Failure);
        Assert.Contains("capacity", full.Message, StringComparison.Ordinal);
        Assert.Equal(StoreFailure.Full, Assert.Throws<StoreRequestException>(() => other.Create(TestNode.Key(2), 17 << 20)).Failure);

        ValueTask<SharedWrite> waiting = other.CreateAsync(TestNode.Key(2), 10 << 20, TimeSpan.FromMinutes(1));
        TestNode.Eventually(() => node.Store.GetTotals().Waiting == 1, () => "the create to wait");
        SharedObject pinned = client.Get(TestNode.Key(1));
        Assert.True(client.Delete(TestNode.Key(1)));
        Assert.False(waiting.IsCompleted);
        pinned.Dispose();
        SharedWrite write = await TestNode.Within(waiting.AsTask(), "room");
        write.Seal();

        using CancellationTokenSource cancellation = new();
        ValueTask<SharedWrite> cancelled = other.CreateAsync(TestNode.Key(3), 10 << 20, TimeSpan.FromMinutes(1), cancellation.Token);
        TestNode.Eventually(() => node.Store.GetTotals().Waiting == 1, () => "the create to wait");
        await cancellation.CancelAsync();
        Assert.Equal(StoreFailure.Cancelled, (await Assert.ThrowsAsync<StoreRequestException>(async () => await cancelled)).Failure);
        Assert.True(client.Delete(TestNode.Key(2)));
        client.Put(TestNode.Key(3), new byte[10 << 20]);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 4095)]
    [InlineData(long.MaxValue - 4096)]
    [InlineData((64L << 20) + 1)]
    public void Create_OfMoreThanTheStoreHolds_FailsAtOnceAndAlone(long length)
    {
        using TestNode node = new(64 << 20);
        StoreClient client = node.Connect();
        Assert.Equal(StoreFailure.Full, Assert.Throws<StoreRequestException>(() => client.Create(TestNode.Key(1), length)).Failure);
        StoreRequestException full = Assert.Throws<StoreRequestException>(() => client.CreateForCopy(TestNode.Key(1), length));
        Assert.Contains("can never fit", full.Message, StringComparison.Ordinal);
        Assert.Equal(0, node.Store.BlockCount);
        client.Put(TestNode.Key(1), [1]);
        Assert.Equal(1, client.Get(TestNode.Key(1)).Length);
    }

    [Fact]
    public void Dispose_WithValues_KeepsThemReadableAndEndsWithTheLast()
    {
        using TestNode node = new();
        byte[] bytes = TestNode.Bytes(Large, 5);
        StoreClient writer = node.Connect();
        writer.Put(TestNode.Key(1), bytes);
        SharedWrite write = writer.Create(TestNode.Key(2), Large);
        SharedObject got = writer.Get(TestNode.Key(1));
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.Contains(TestNode.Key(1)));
        Assert.True(node.Server.Delete(TestNode.Key(1)));
        write.Write(0, bytes);
        write.Seal();
        Assert.True(got.GetMemory().Span.SequenceEqual(bytes));
        Assert.Equal(1, node.Server.GetTotals().Clients);
        got.Dispose();
        Assert.True(node.Server.Contains(TestNode.Key(2)));
        Assert.True(node.Server.Delete(TestNode.Key(2)));
        node.ExpectNothingLeft();
    }

    [Fact]
    public void Dispose_OfTheServer_LeavesValuesReadable()
    {
        TestNode node = new();
        byte[] bytes = TestNode.Bytes(Large, 6);
        StoreClient client = node.Connect();
        client.Put(TestNode.Key(1), bytes);
        SharedObject got = client.Get(TestNode.Key(1));
        node.Server.Dispose();
        node.Store.Dispose();
        Assert.True(got.GetMemory().Span.SequenceEqual(bytes));
        Assert.Equal(StoreFailure.Disconnected, Assert.Throws<StoreRequestException>(() => client.Contains(TestNode.Key(1))).Failure);
        got.Dispose();
        node.Dispose();
    }

    [Fact]
    public void Get_Forgotten_IsReleasedAndItsMemoryRests()
    {
        using TestNode node = new(configure: options => options.QuarantineTime = TimeSpan.FromDays(1));
        StoreClient client = node.Connect();
        client.Put(TestNode.Key(1), new byte[Large]);
        Forget(client);
        Assert.True(client.Delete(TestNode.Key(1)));
        TestNode.Eventually(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return client.GetTotals() is { ClientPins: 0, Store: { QuarantinedBytes: > Large, PinnedBytes: 0 } };
            },
            () => $"the pin to be released; there is {client.GetTotals()}");

        static void Forget(StoreClient client)
        {
            ReadOnlyMemory<byte> memory = client.Get(TestNode.Key(1)).GetMemory();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(Large, memory.Length);
            Assert.Equal(1, client.GetTotals().ClientPins);
        }
    }

    [Fact]
    public void Get_ForgottenLast_EndsTheConnectionAndItsMemoryRests()
    {
        using TestNode node = new(configure: options => options.QuarantineTime = TimeSpan.FromDays(1));
        StoreClient client = node.Connect();
        client.Put(TestNode.Key(1), new byte[Large]);
        ReadOnlyMemory<byte>[] kept = new ReadOnlyMemory<byte>[1];
        Get(client, kept);
        client.Dispose();
        Assert.Equal(1, node.Server.GetTotals().Clients);
        kept[0] = default;
        AssertRestsOnceCollected(node);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Get(StoreClient client, ReadOnlyMemory<byte>[] kept) => kept[0] = client.Get(TestNode.Key(1)).GetMemory();
    }

    [Fact]
    public void Get_ForgottenWithItsClient_EndsTheConnectionAndItsMemoryRests()
    {
        using TestNode node = new(configure: options => options.QuarantineTime = TimeSpan.FromDays(1));
        Forget(node);
        AssertRestsOnceCollected(node);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(TestNode node)
        {
            StoreClient client = StoreClient.Connect(node.Server.SocketPath);
            client.Put(TestNode.Key(1), new byte[Large]);
            Assert.Equal(Large, client.Get(TestNode.Key(1)).GetMemory().Length);
        }
    }

    [Fact]
    public void Create_Forgotten_IsGivenUp()
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        Forget(client);
        TestNode.Eventually(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return client.GetTotals() is { UnsealedObjects: 0, Store.UsedBytes: 0 };
            },
            () => $"the object to be given up; there is {client.GetTotals()}");
        client.Put(TestNode.Key(1), new byte[Large]);

        static void Forget(StoreClient client) => client.Create(TestNode.Key(1), Large).GetSpan(0, 10).Fill(1);
    }

    [Fact]
    public async Task Requests_ThousandsInFlightOfManyFlows_AllAnswered()
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        StoreClient other = node.Connect();
        Task[] flows = [.. Enumerable.Range(0, 8).Select(flow => Task.Run(() => Flow(flow % 2 == 0 ? client : other, flow)))];
        await Task.WhenAll(flows).WaitAsync(TestNode.Patience);
        client.Dispose();
        other.Dispose();
        Assert.Equal(0, node.Server.GetTotals().InlineObjects);
        node.ExpectNothingLeft();

        static async Task Flow(StoreClient client, int flow)
        {
            const int Count = 2000;
            ValueTask[] puts = new ValueTask[Count];
            ValueTask<SharedObject>[] gets = new ValueTask<SharedObject>[Count];
            for (int i = 0; i < Count; i++)
            {
                int key = (flow * Count) + i;
                gets[i] = client.GetAsync(TestNode.Key(key), inPlace: i % 16 == 0);
                puts[i] = client.PutAsync(TestNode.Key(key), BitConverter.GetBytes(key));
            }

            for (int i = 0; i < Count; i++)
            {
                int key = (flow * Count) + i;
                await puts[i];
                using SharedObject got = await gets[i];
                Assert.Equal(key, BitConverter.ToInt32(got.GetSpan(0, 4)));
                if (i % 3 == 0)
                    Assert.True(client.Delete(TestNode.Key(key)));
                else
                    Assert.True(await client.DeleteAsync(TestNode.Key(key)));
            }
        }
    }

    private static async Task Fails(StoreFailure expected, ValueTask<SharedObject> task, StoreFailure? orElse = null)
    {
        StoreRequestException error = await Assert.ThrowsAsync<StoreRequestException>(async () => await task.AsTask().WaitAsync(TestNode.Patience));
        Assert.True(error.Failure == expected || error.Failure == orElse, error.Message);
    }

    /// <summary>The collector ends the connection, and what was read through it rests when it is deleted.</summary>
    private static void AssertRestsOnceCollected(TestNode node)
    {
        TestNode.Eventually(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return node.Server.GetTotals() is { Clients: 0, ClientPins: 0, Store.PinnedBytes: 0 };
            },
            () => $"the connection to end; there is {node.Server.GetTotals()}");
        Assert.True(node.Server.Delete(TestNode.Key(1)));
        Assert.True(node.Store.GetTotals().QuarantinedBytes > Large);
    }
}
