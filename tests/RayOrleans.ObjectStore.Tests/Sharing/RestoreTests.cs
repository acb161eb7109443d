using System.Diagnostics;
using RayOrleans.ObjectStore.TestProcess;
using RayOrleans.ObjectStore.Tests.Spilling;

namespace RayOrleans.ObjectStore.Tests.Sharing;

/// <summary>Objects of other processes that the store has moved to disk.</summary>
public sealed class RestoreTests : IDisposable
{
    private const int MB = 1 << 20;
    private const int Count = 24;
    private readonly FaultyFiles _files = new();
    private readonly TestNode _node;
    private readonly StoreClient _client;

    public RestoreTests()
        : this(TimeSpan.FromSeconds(60))
    {
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Objects_OfManyTimesTheStore_AreReadInPlaceAndLeaveNothing()
    {
        PutAll(_client, 4 * Count);
        using (StoreClient other = StoreClient.Connect(_node.Server.SocketPath))
        {
            for (int round = 0; round < 2; round++)
            {
                for (int i = 0; i < 4 * Count; i++)
                    Check(other.Get(Marked.Key(i * 7 % (4 * Count))), i * 7 % (4 * Count));
            }
        }

        Assert.True(_node.Store.GetTotals().Spill is { Spills: > Count, Restores: > Count });
        DeleteAll(4 * Count);
        ExpectNothingLeft();
    }

    [Fact]
    public void SmallObjects_BeyondWhatIsKeptInline_AreReadAsCopiesAndInPlace()
    {
        const int length = 64 << 10;
        for (int i = 0; i < 400; i++)
            _client.Put(Marked.Key(i), Marked.Value(i, 1, length));
        Assert.True(_node.Store.GetTotals().Spill.DiskOnlyObjects > 0);
        for (int i = 0; i < 400; i++)
        {
            using SharedObject value = _client.Get(Marked.Key(i), inPlace: i % 2 == 0);
            Assert.Equal(i % 2 == 0, value.IsInPlace);
            Marked.Check(i, value.GetSpan(0, length));
        }

        DeleteAll(400);
        ExpectNothingLeft();
    }

    [Fact]
    public async Task SlowDisk_StopsNobodyElse()
    {
        PutAll(_client, Count);
        await SpillAll();
        using ManualResetEventSlim gate = new();
        _files.ReadGate = gate;
        ValueTask<SharedObject> slow = _client.GetAsync(Marked.Key(1));
        TestNode.Eventually(() => Volatile.Read(ref _files.Reads) > 0, () => "the read to begin");
        _client.Put(TestNode.Key(1), [1, 2, 3]);
        Assert.Equal(3, _client.Get(TestNode.Key(1)).Length);
        Assert.True(_client.Contains(Marked.Key(1)));
        Assert.False(slow.IsCompleted);
        _files.ReadGate = null;
        gate.Set();
        Check(await TestNode.Within(slow.AsTask(), "the object"), 1);
    }

    [Fact]
    public async Task WaitForTheDisk_EndsByItsTimeItsCancellationAndADelete()
    {
        PutAll(_client, Count);
        await SpillAll();
        using ManualResetEventSlim gate = new();
        _files.ReadGate = gate;
        StoreRequestException late = Assert.Throws<StoreRequestException>(() => _client.Get(Marked.Key(1), TimeSpan.FromMilliseconds(30)));
        Assert.Equal(StoreFailure.TimedOut, late.Failure);
        using CancellationTokenSource source = new();
        ValueTask<SharedObject> cancelled = _client.GetAsync(Marked.Key(1), ct: source.Token);
        ValueTask<SharedObject> deleted = _client.GetAsync(Marked.Key(1));
        source.Cancel();
        Assert.Equal(StoreFailure.Cancelled, await FailureOf(cancelled));
        Assert.True(_client.Delete(Marked.Key(1)));
        Assert.Equal(StoreFailure.Deleted, await FailureOf(deleted));
        _files.ReadGate = null;
        gate.Set();
        for (int i = 0; i < Count; i++)
            _client.Delete(Marked.Key(i));
        ExpectNothingLeft();
    }

    [Fact]
    public async Task NoRoom_IsWaitedForAndThenSaid_AndTheObjectStays()
    {
        using RestoreTests tight = new(TimeSpan.FromMilliseconds(300));
        await tight.GetWithoutRoom();
    }

    [Fact]
    public async Task DiskThatCannotBeRead_LosesWhatIsAskedFor_AndTheRestGoesOn()
    {
        PutAll(_client, Count);
        await SpillAll();
        SharedObject inMemory = _client.Get(Marked.Key(2));
        _files.RefusesReads = true;
        StoreRequestException error = Assert.Throws<StoreRequestException>(() => _client.Get(Marked.Key(1)));
        Assert.Equal(StoreFailure.Damaged, error.Failure);
        Assert.Contains("Input/output error", error.Message);
        Assert.Equal(StoreFailure.Damaged, await FailureOf(_client.GetAsync(Marked.Key(1))));
        Check(inMemory, 2);
        _files.RefusesReads = false;
        Check(_client.Get(Marked.Key(3)), 3);
        DeleteAll(Count);
        ExpectNothingLeft();
    }

    [Fact]
    public void DiskThatCannotBeWritten_IsSaidToCreators_AndTheyGoOnWhenItIsMended()
    {
        using RestoreTests tight = new(TimeSpan.FromMilliseconds(300));
        tight._files.BytesLeft = 0;
        StoreRequestException full = Assert.Throws<StoreRequestException>(() => PutAll(tight._client, Count));
        Assert.Equal(StoreFailure.Full, full.Failure);
        Assert.Contains("No space left", full.Message);
        Check(tight._client.Get(Marked.Key(0)), 0);
        tight._files.BytesLeft = long.MaxValue;
        for (int i = 0; i < Count; i++)
        {
            if (!tight._client.Contains(Marked.Key(i)))
                PutOnceMended(tight._client, i);
        }

        for (int i = 0; i < Count; i++)
            Check(tight._client.Get(Marked.Key(i)), i);
        tight.DeleteAll(Count);
        tight.ExpectNothingLeft();
    }

    /// <summary>A disk that has failed is left alone for a while, which is longer than this store lets anybody wait for room.</summary>
    private static void PutOnceMended(StoreClient client, int number)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                client.Put(Marked.Key(number), Marked.Value(number, 1, MB));
                return;
            }
            catch (StoreRequestException error) when (error.Failure == StoreFailure.Full && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1))
            {
                // Its wait has been the pause.
            }
        }
    }

    [Fact]
    public async Task DamagedFile_IsSaidToBeSo()
    {
        PutAll(_client, Count);
        await SpillAll();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_node.Directory, "disk"), "*.spill", SearchOption.AllDirectories))
        {
            using FileStream open = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            open.SetLength(100);
        }

        Assert.Equal(StoreFailure.Damaged, Assert.Throws<StoreRequestException>(() => _client.Get(Marked.Key(1))).Failure);
        Assert.Equal(StoreFailure.Damaged, Assert.Throws<StoreRequestException>(() => _client.Get(Marked.Key(1), TimeSpan.Zero)).Failure);
        Assert.True(_client.Delete(Marked.Key(1)));
        DeleteAll(Count, but: 1);
        ExpectNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kill_OfAClientThatWaitsForARestore_LeavesNothing(bool forRoom)
    {
        PutAll(_client, Count);
        await SpillAll();
        using ManualResetEventSlim gate = new();
        Held held = forRoom ? Fill() : new Held([], []);
        if (!forRoom)
            _files.ReadGate = gate;
        int reads = Volatile.Read(ref _files.Reads);
        using (ChildProcess child = new("restore", _node.Server.SocketPath))
        {
            child.Ready();
            TestNode.Eventually(
                () => forRoom ? _node.Store.GetTotals().Waiting > 0 : Volatile.Read(ref _files.Reads) > reads,
                () => $"the child's restore; there is {_node.Server.GetTotals()}");
            child.Kill();
            child.ExitCode();
        }

        TestNode.Eventually(() => _node.Server.GetTotals() is { Clients: 1, Store.Waiting: 0 }, () => $"the end of the child's gets; there is {_node.Server.GetTotals()}");
        _files.ReadGate = null;
        gate.Set();
        Assert.Equal(held.Objects, _node.Server.GetTotals().ClientPins);
        held.Dispose();
        Check(_client.Get(Marked.Key(1)), 1);
        DeleteAll(Count);
        ExpectNothingLeft();
    }

    private RestoreTests(TimeSpan fullTimeout)
    {
        _node = new TestNode(8 * MB, options =>
        {
            options.FullTimeout = fullTimeout;
            options.Spill = TestNode.SpillTo(options, _files);
        });
        _client = _node.Connect();
    }

    private static async Task<StoreFailure> FailureOf(ValueTask<SharedObject> get) =>
        (await Assert.ThrowsAsync<StoreRequestException>(() => TestNode.Within(get.AsTask(), "the get's end"))).Failure;

    private static void Check(SharedObject value, int number)
    {
        using (value)
        {
            Assert.True(value.IsInPlace);
            Marked.Check(number, value.GetSpan(0, MB));
        }
    }

    private static void PutAll(StoreClient client, int count)
    {
        for (int i = 0; i < count; i++)
            client.Put(Marked.Key(i), Marked.Value(i, 1, MB));
    }

    private async Task GetWithoutRoom()
    {
        PutAll(_client, Count);
        await SpillAll();
        Held held = Fill();
        StoreRequestException full = Assert.Throws<StoreRequestException>(() => _client.Get(Marked.Key(1)));
        Assert.Equal(StoreFailure.Full, full.Failure);
        Assert.Contains($"capacity {_node.Store.CapacityBytes}", full.Message);
        ValueTask<SharedObject> waiting = _client.GetAsync(Marked.Key(1));
        TestNode.Eventually(() => _node.Store.GetTotals().Waiting > 0, () => "the get to wait for room");
        held.Dispose();
        Check(await TestNode.Within(waiting.AsTask(), "the object"), 1);
        DeleteAll(Count);
        ExpectNothingLeft();
    }

    /// <summary>Holds objects in place, and what is left of the memory.</summary>
    private Held Fill()
    {
        SharedObject[] objects = [.. Enumerable.Range(2, 4).Select(i => _client.Get(Marked.Key(i)))];
        List<StoreBlock> blocks = [];
        while (_node.Store.TryCreate(MB / 2) is { } block)
            blocks.Add(block);
        return new Held(objects, blocks);
    }

    /// <summary>Moves everything to disk: a creator wants all memory.</summary>
    private async Task SpillAll()
    {
        ValueTask<StoreBlock> all = _node.Store.CreateInArenaAsync(_node.Store.CapacityBytes, TimeSpan.FromSeconds(60), CancellationToken.None);
        (await all).Delete();
    }

    private sealed class Held(SharedObject[] objects, List<StoreBlock> blocks) : IDisposable
    {
        public int Objects => objects.Length;

        public void Dispose()
        {
            foreach (SharedObject value in objects)
                value.Dispose();
            blocks.ForEach(block => block.Delete());
        }
    }

    private void DeleteAll(int count, int? but = null)
    {
        for (int i = 0; i < count; i++)
        {
            if (i != but)
                Assert.True(_client.Delete(Marked.Key(i)));
        }
    }

    private void ExpectNothingLeft()
    {
        _client.Dispose();
        _node.ExpectNothingLeft();
        TestNode.Eventually(() => _node.Store.GetTotals().Spill is { LiveBytes: 0, FileBytes: 0, MappedBytes: 0 }, () => $"empty disks; there is {_node.Store.GetTotals()}");
        Assert.Empty(_node.Failures);
    }
}
