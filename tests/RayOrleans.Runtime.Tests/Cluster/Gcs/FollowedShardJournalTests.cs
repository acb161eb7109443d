using CsCheck;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Gcs.Followers;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public class FollowedShardJournalTests : ShardJournalKit
{
    private const int Shard = 3;

    private TestSilos _silos = new(0);

    protected override int Histories => 20;

    protected override bool UnheardAppendThrows => false;

    [Fact]
    public async Task Leader_ThatDies_HasLeftEverythingWithTheCopy()
    {
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
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
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
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
    public async Task Append_ThatFailsInAnyWayOnceItIsTaken_IsNotCountedOn()
    {
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        _silos.HoldNextAnswer(Task.FromException(new InvalidOperationException("Nobody has thought of this.")));
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);
        Assert.True(journal.WantsState);
        await journal.ReplaceAsync(epoch, [new byte[] { 1 }, new byte[] { 2 }]);
        await journal.AppendAsync(epoch, [new byte[] { 3 }]);

        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([1, 2, 3], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    [Fact]
    public async Task Copy_ThatIsFound_IsGoneOnWith_NotSentAgain()
    {
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
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
    public async Task OldCopy_WhoseSiloDidNotHearThatItGoes_IsDroppedOnceItAnswers()
    {
        ManualTime time = new();
        _silos = new TestSilos(2, time);
        (NodeId leader, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        NodeId old = Assert.Single(_silos.Keepers(Shard));
        _silos.Silence(old);
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);
        await journal.ReplaceAsync(epoch, [new byte[] { 1 }, new byte[] { 2 }]);
        NodeId keeper = Assert.Single(_silos.Keepers(Shard), k => k != old);
        await journal.AppendAsync(epoch, [new byte[] { 3 }]);
        Assert.Contains(old, _silos.Keepers(Shard));

        _silos.Silence(old, isSilent: false);
        time.Advance(TimeSpan.FromSeconds(6));
        await journal.AppendAsync(epoch, []);
        Assert.Equal([keeper], _silos.Keepers(Shard));

        // With both lost, what the nodes tell is all: not what was true before.
        _silos.Kill(leader);
        _silos.Kill(keeper);
        FollowedShardJournal next = _silos.Open(old);
        Assert.Empty(await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
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
    public async Task Shard_ThatMoves_FindsWhatItLeft_ThoughTheSilosDieOneAfterTheOther()
    {
        (NodeId here, FollowedShardJournal journal, long epoch) = await BeginAsync();
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        NodeId keeper = Assert.Single(_silos.Keepers(Shard));
        await journal.LeaveAsync(epoch, [new byte[] { 5 }, new byte[] { 6 }]);

        // It moves to the silo that has its copy, which dies before anything is appended there.
        FollowedShardJournal there = _silos.Open(keeper);
        long following = await there.RaiseEpochAsync(0, default);
        Assert.Equal([1], await ReadAsync(there, following));
        _silos.Kill(keeper);

        // What the first silo has is no older than what died.
        (NodeId third, FollowedShardJournal next) = _silos.Open();
        long last = await next.RaiseEpochAsync(0, default);
        Assert.Equal([5, 6], await ReadAsync(next, last));
        long before = _silos.Bytes;
        await next.AppendAsync(last, [new byte[] { 7 }]);
        Assert.Equal([here], _silos.Keepers(Shard));
        Assert.InRange(_silos.Bytes - before, 1, 1_000);
        _silos.Kill(third);

        // And back to it, where an older state than this must not come to life again.
        FollowedShardJournal again = _silos.Open(here);
        Assert.Equal([5, 6, 7], await ReadAsync(again, await again.RaiseEpochAsync(0, default)));
    }

    [Fact]
    public async Task Shard_ThatLeavesWithoutACopy_LeavesOneOnAnotherSiloToo()
    {
        _silos = new TestSilos(0);
        (NodeId here, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        await journal.AppendAsync(epoch, []);
        _silos.Add();
        await journal.LeaveAsync(epoch, [new byte[] { 3 }]);
        _silos.Kill(here);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([3], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    [Fact]
    public async Task Silos_ThatDoNotAnswerForAWhile_AreWaitedFor_BeforeAnythingIsAcknowledged()
    {
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        _silos.IsSilent = true;
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);
        Assert.True(journal.WantsState);
        Task replaced = journal.ReplaceAsync(epoch, [new byte[] { 1 }, new byte[] { 2 }]).AsTask();

        // Nobody answers, and all of them are taken for living; that it waits shows in that they are asked again.
        long asked = _silos.Asked;
        await Until(() => _silos.Asked > asked + 4);
        Assert.False(replaced.IsCompleted);
        _silos.IsSilent = false;
        await replaced;
        Assert.False(journal.WantsState);
        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([1, 2], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    /// <summary>One silo, one journal: the newer epoch's copy is not the older one's to write over.</summary>
    [Fact]
    public async Task Append_ThatComesBackWhenANewerEpochHasBegun_IsRefused_AndChangesNothingOfIt()
    {
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _silos.HoldNextAnswer(held.Task);
        Task late = journal.AppendAsync(epoch, [new byte[] { 2 }]).AsTask();
        await Until(() => _silos.IsHolding);

        long newer = await journal.RaiseEpochAsync(0, default);
        Assert.Equal([1, 2], await ReadAsync(journal, newer));
        await journal.AppendAsync(newer, [new byte[] { 3 }]);
        held.SetResult();
        await Assert.ThrowsAsync<StaleEpochException>(() => late);
        Assert.False(journal.WantsState);
        await journal.AppendAsync(newer, [new byte[] { 4 }]);
        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        Assert.Equal([1, 2, 3, 4], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    /// <summary>Whoever reads has not been cancelled.</summary>
    [Fact]
    public async Task Read_OfACopyWhoseSiloGivesUp_IsAnErrorOfTheJournal()
    {
        (NodeId leader, FollowedShardJournal journal, long epoch) = await BeginAsync();
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        _silos.Kill(leader);
        (_, FollowedShardJournal next) = _silos.Open();
        long following = await next.RaiseEpochAsync(0, default);
        (_silos.IsSilent, _silos.Silenced) = (true, new OperationCanceledException("The call was given up."));
        IOException e = await Assert.ThrowsAsync<IOException>(() => ReadAsync(next, following));
        Assert.Contains("which has the newest copy", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Moves, deaths of one silo at a time, silos that come, at random: every activation begins with all that was acknowledged.</summary>
    [Fact]
    public void AnyHistoryOfMovesAndDeaths_LosesNothingThatWasAcknowledged() => Gen.UInt.Sample(seed => MoveAsync(seed).GetAwaiter().GetResult(), iter: 200, threads: 1);

    private async Task MoveAsync(uint seed)
    {
        Random random = new((int)seed);
        _silos = new TestSilos(random.Next(1, 4));
        NodeId at = _silos.Any(random, except: NodeId.None);
        List<int> acknowledged = [];
        for (int activation = 0; activation < 12; activation++)
        {
            FollowedShardJournal journal = _silos.Open(at);
            long epoch = await journal.RaiseEpochAsync(0, default);
            Assert.Equal(acknowledged, await ReadAsync(journal, epoch));
            if (random.Next(3) > 0)
            {
                // Else it ends before it has told anybody that it is there.
                await ServeAsync(journal, epoch);
            }

            bool mayDie = _silos.Keepers(Shard).Any(k => k != at);
            if (mayDie && random.Next(2) == 0)
            {
                _silos.Kill(at);
                at = _silos.Any(random, except: NodeId.None);
            }
            else
            {
                await journal.LeaveAsync(epoch, State());
                at = _silos.Any(random, except: at) is var to && to != NodeId.None ? to : at;
            }

            if (random.Next(3) == 0)
            {
                _silos.Add();
            }
        }

        List<ReadOnlyMemory<byte>> State() => [.. acknowledged.Select(s => (ReadOnlyMemory<byte>)new[] { (byte)s })];

        // As a log does: kept, applied, acknowledged; and ticks now and then.
        async Task ServeAsync(FollowedShardJournal journal, long epoch)
        {
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                byte record = (byte)random.Next(256);
                await journal.AppendAsync(epoch, journal.KeepsRecords ? [new[] { record }] : []);
                acknowledged.Add(record);
                await TickAsync(journal, epoch);
                if (random.Next(4) == 0 && _silos.Keepers(Shard).Where(k => k != at).ToList() is [var keeper, ..])
                {
                    _silos.Kill(keeper);
                    if (random.Next(2) == 0)
                    {
                        _silos.Add();
                    }

                    await TickAsync(journal, epoch);
                    Assert.True(_silos.Any(random, except: at) == NodeId.None || _silos.Keepers(Shard).Any(k => k != at), "Nobody else has a copy after the tick.");
                }
            }
        }

        async Task TickAsync(FollowedShardJournal journal, long epoch)
        {
            if (journal.WantsState)
            {
                await journal.ReplaceAsync(epoch, State());
            }
        }
    }

    private static async Task Until(Func<bool> isSo)
    {
        while (!isSo())
        {
            // Others decide when.
            await Task.Delay(10);
        }
    }

    private protected override IShardJournal Open() => _silos.Open().Journal;

    private protected override void Clear() => _silos = new TestSilos(2);

    private protected override async Task AppendUnheardAsync(IShardJournal journal, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        _silos.LosesAnswers = true;
        await journal.AppendAsync(epoch, records);
        _silos.LosesAnswers = false;
    }

    private static async Task<List<int>> ReadAsync(IShardJournal journal, long epoch)
    {
        List<int> read = [];
        await foreach (ReadOnlyMemory<byte> record in journal.ReadAsync(epoch))
        {
            read.Add(record.Span[0]);
        }

        return read;
    }

    /// <summary>A shard that nothing is known of yet, with its journal and its first epoch.</summary>
    private async Task<(NodeId Leader, FollowedShardJournal Journal, long Epoch)> BeginAsync()
    {
        Clear();
        (NodeId leader, FollowedShardJournal journal) = _silos.Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        return (leader, journal, epoch);
    }

    /// <summary>Silos that keep copies for each other.</summary>
    private sealed class TestSilos
    {
        private long _asked;
        private volatile bool _isSilent;
        private volatile bool _losesAnswers;
        private volatile bool _isHolding;
        private Task? _held;

        private readonly TimeProvider _time;
        private readonly Lock _lock = new();
        private readonly Dictionary<NodeId, ShardCopies> _living = [];
        private readonly Dictionary<NodeId, FollowedShardJournal> _journals = [];
        private readonly HashSet<NodeId> _silent = [];
        private ulong _last;
        private long _bytes;

        public TestSilos(int count, TimeProvider? time = null)
        {
            _time = time ?? TimeProvider.System;
            for (int i = 0; i < count; i++)
            {
                Add();
            }
        }

        /// <summary>Nobody answers.</summary>
        public bool IsSilent
        {
            get => _isSilent;
            set => _isSilent = value;
        }

        /// <summary>What is said of silos that do not answer.</summary>
        public Exception Silenced { get; set; } = new TimeoutException("Nobody answers.");

        /// <summary>What is asked is done, and nobody hears of it.</summary>
        public bool LosesAnswers
        {
            get => _losesAnswers;
            set => _losesAnswers = value;
        }

        /// <summary>Whether an answer is there and is held up.</summary>
        public bool IsHolding => _isHolding;

        /// <summary>Questions so far.</summary>
        public long Asked => Interlocked.Read(ref _asked);

        /// <summary>Bytes sent so far.</summary>
        public long Bytes => Interlocked.Read(ref _bytes);

        public NodeId Add()
        {
            lock (_lock)
            {
                NodeId silo = new(++_last);
                _living.Add(silo, new ShardCopies());
                return silo;
            }
        }

        public (NodeId Silo, FollowedShardJournal Journal) Open()
        {
            NodeId silo = Add();
            return (silo, Open(silo));
        }

        /// <summary>The journal of a silo that is there, which all of its activations share.</summary>
        public FollowedShardJournal Open(NodeId silo)
        {
            lock (_lock)
            {
                return _journals.TryGetValue(silo, out FollowedShardJournal? journal)
                    ? journal
                    : _journals[silo] = new FollowedShardJournal(Shard, new Peers(this, silo), _living[silo], _time);
            }
        }

        /// <summary>One of those that live; none if there is no other.</summary>
        public NodeId Any(Random random, NodeId except)
        {
            lock (_lock)
            {
                NodeId[] all = [.. _living.Keys.Where(s => s != except).OrderBy(s => s.Value)];
                return all.Length == 0 ? NodeId.None : all[random.Next(all.Length)];
            }
        }

        /// <summary>It lives and does not answer, until it does.</summary>
        public void Silence(NodeId silo, bool isSilent = true)
        {
            lock (_lock)
            {
                _ = isSilent ? _silent.Add(silo) : _silent.Remove(silo);
            }
        }

        /// <summary>What is asked next is done, and answered when that ends.</summary>
        public void HoldNextAnswer(Task until) => Volatile.Write(ref _held, until);

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
                Interlocked.Increment(ref silos._asked);
                if (silos._isSilent)
                {
                    throw silos.Silenced;
                }

                ShardCopies? copies;
                lock (silos._lock)
                {
                    copies = silos._living.GetValueOrDefault(peer);
                    if (silos._silent.Contains(peer))
                    {
                        throw new TimeoutException($"Node {peer} does not answer.");
                    }
                }

                byte[] answer = copies?.Answer(request) ?? throw new NodeUnreachableException($"Node {peer} is dead.");
                if (Interlocked.Exchange(ref silos._held, null) is { } held)
                {
                    silos._isHolding = true;
                    await held;
                }

                return silos._losesAnswers ? throw new TimeoutException("The answer was lost.") : answer;
            }
        }
    }
}
