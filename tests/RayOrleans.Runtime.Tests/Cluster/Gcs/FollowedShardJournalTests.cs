using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Gcs.Followers;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public class FollowedShardJournalTests : ShardJournalKit
{
    private const int Shard = 3;

    private TestSilos _silos = new(0);

    protected override int Histories => 20;

    [Fact]
    public async Task Leader_ThatDies_HasLeftEverythingWithTheCopy()
    {
        Clear();
        (NodeId leader, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        for (byte i = 1; i <= 5; i++)
        {
            await journal.AppendAsync(epoch, [new[] { i }]);
        }

        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([1, 2, 3, 4, 5], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    [Fact]
    public async Task Copy_ThatIsLost_IsMadeAnewOfTheState_AndOneIsKept()
    {
        Clear();
        (NodeId leader, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        Assert.False(journal.WantsState);

        _silos.Kill(Assert.Single(_silos.Keepers(Shard)));
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);
        Assert.True(journal.WantsState);
        await journal.ReplaceAsync(epoch, [new byte[] { 1 }, new byte[] { 2 }]);
        Assert.False(journal.WantsState);
        await journal.AppendAsync(epoch, [new byte[] { 3 }]);
        Assert.Single(_silos.Keepers(Shard));

        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([1, 2, 3], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    [Fact]
    public async Task Copy_ThatIsFound_IsGoneOnWith_NotSentAgain()
    {
        Clear();
        (NodeId leader, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        await journal.AppendAsync(epoch, [new byte[1_000_000]]);
        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        long following = await next.RaiseEpochAsync(0, default);
        Assert.Equal([0], await ReadAsync(next, following));
        long before = _silos.Bytes;
        await next.AppendAsync(following, [new byte[] { 9 }]);
        Assert.True(_silos.Bytes - before < 10_000, $"{_silos.Bytes - before} bytes were sent.");
    }

    [Fact]
    public async Task Silo_ThatIsAlone_KeepsNothing_AndWantsACopyWhenAnotherComes()
    {
        _silos = new TestSilos(0);
        (NodeId leader, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        Assert.False(journal.KeepsRecords);
        await journal.AppendAsync(epoch, []);
        _silos.Add();
        Assert.True(journal.KeepsRecords);
        Assert.True(journal.WantsState);
        await journal.ReplaceAsync(epoch, [new byte[] { 7 }]);
        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([7], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    [Fact]
    public async Task Shard_ThatMoves_BeginsWithWhatItBrings()
    {
        Clear();
        (_, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        (NodeId there, FollowedShardJournal next) = _silos.Open();
        long following = await next.RaiseEpochAsync(0, default);
        next.Restore([new byte[] { 5 }, new byte[] { 6 }]);
        Assert.Equal([5, 6], await ReadAsync(next, following));
        await next.AppendAsync(following, [new byte[] { 7 }]);
        _silos.Kill(there);
        (_, FollowedShardJournal last) = _silos.Open();
        Assert.Equal([5, 6, 7], await ReadAsync(last, await last.RaiseEpochAsync(0, default)));
    }

    private protected override IShardJournal Open() => _silos.Open().Journal;

    private protected override void Clear() => _silos = new TestSilos(2);

    private static async Task<List<int>> ReadAsync(IShardJournal journal, long epoch)
    {
        List<int> read = [];
        await foreach (ReadOnlyMemory<byte> record in journal.ReadAsync(epoch))
        {
            read.Add(record.Span[0]);
        }

        return read;
    }

    /// <summary>Silos that keep copies for each other.</summary>
    private sealed class TestSilos
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<NodeId, ShardCopies> _living = [];
        private ulong _last;
        private long _bytes;

        public TestSilos(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Add();
            }
        }

        /// <summary>Bytes sent so far.</summary>
        public long Bytes => Interlocked.Read(ref _bytes);

        public (NodeId Silo, ShardCopies Copies) Add()
        {
            lock (_lock)
            {
                NodeId silo = new(++_last);
                _living.Add(silo, new ShardCopies());
                return (silo, _living[silo]);
            }
        }

        public (NodeId Silo, FollowedShardJournal Journal) Open()
        {
            (NodeId silo, ShardCopies copies) = Add();
            return (silo, new FollowedShardJournal(Shard, new Peers(this, silo), copies, TimeProvider.System));
        }

        public void Kill(NodeId silo)
        {
            lock (_lock)
            {
                _living.Remove(silo);
            }
        }

        public List<NodeId> Keepers(int shard)
        {
            lock (_lock)
            {
                return [.. _living.Where(s => s.Value.MarkOf(shard).Epoch > 0).Select(s => s.Key)];
            }
        }

        private sealed class Peers(TestSilos silos, NodeId self) : IShardPeers
        {
            public Task Ready => Task.CompletedTask;

            public IReadOnlyList<NodeId> Others(int shard)
            {
                lock (silos._lock)
                {
                    return [.. silos._living.Keys.Where(s => s != self).OrderBy(s => s.Value)];
                }
            }

            public async ValueTask<byte[]> CallAsync(NodeId peer, byte[] request)
            {
                await Task.Yield();
                Interlocked.Add(ref silos._bytes, request.Length);
                ShardCopies? copies;
                lock (silos._lock)
                {
                    copies = silos._living.GetValueOrDefault(peer);
                }

                return copies?.Answer(request) ?? throw new NodeUnreachableException($"Node {peer} is dead.");
            }
        }
    }
}
