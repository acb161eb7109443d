using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains.Tests.Gcs;

/// <summary>An activation that has ended by a failure, on a silo that lives.</summary>
[Collection("silo")]
public sealed class EndedShardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task PartyThatHasEnded_IsReplaced_ThoughNobodyCallsIt()
    {
        Parties parties = new();
        await using TestSilo silo = await TestSilo.StartAsync(s => s.AddSingleton<IClusterPartyFactory>(parties));
        IGcsShardGrain shard = silo.Grains.GetGrain<IGcsShardGrain>(0);
        PartyStatus before = await shard.Start();
        Task<ShardParty> next = parties.NextAsync(0);

        parties[0].Ended = new InvalidOperationException("what it knew could not be changed");
        ShardParty made = await next.WaitAsync(Patience);

        PartyStatus after = await shard.Start();
        Assert.True(after.Epoch > before.Epoch, $"{before} became {after}");
        Assert.Equal(made.Epoch, after.Epoch);
        Assert.Equal([7], (await shard.Deliver(new byte[] { 7 }.AsImmutable())).Value);
    }

    /// <summary>It has ended by then, so trying again would be no use, and staying neither.</summary>
    [Fact]
    public async Task PartyThatCannotLeaveItsState_MovesWithoutIt()
    {
        RayClusterSettings settings = new() { ShardSettleTime = TimeSpan.FromMilliseconds(100) };
        Parties here = new();
        Parties there = new();
        await using TestSilo first = await TestSilo.StartAsync(s => s.AddSingleton<IClusterPartyFactory>(here).AddSingleton(settings));
        for (int i = 0; i < settings.ShardCount; i++)
        {
            await first.Grains.GetGrain<IGcsShardGrain>(i).Start();
            here[i].CannotLeave = true;
        }

        Task<ShardParty> moved = there.NextAsync(null);
        await using TestSilo second = await TestSilo.StartAsync(s => s.AddSingleton<IClusterPartyFactory>(there).AddSingleton(settings), first);
        ShardParty party = await moved.WaitAsync(Patience);

        Assert.Equal(1, here[party.Index].Leaving);
        Assert.True(party.Epoch > here[party.Index].Epoch, $"{here[party.Index].Epoch} became {party.Epoch}");
    }

    private sealed class Parties : IClusterPartyFactory
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<int, ShardParty> _made = [];
        private TaskCompletionSource<ShardParty> _next = new();
        private int? _awaited;

        /// <summary>The last one that was made for a shard.</summary>
        public ShardParty this[int index]
        {
            get
            {
                lock (_lock)
                {
                    return _made[index];
                }
            }
        }

        public IClusterParty CreateShard(int index, long epoch, IShardStorage storage)
        {
            ShardParty party = new(index, epoch);
            lock (_lock)
            {
                _made[index] = party;
                if (_awaited is not { } awaited || awaited == index)
                {
                    _next.TrySetResult(party);
                }
            }

            return party;
        }

        public IClusterParty CreateScheduler(int replica) => SilentParty.Instance;

        /// <summary>The next party that is made: for that shard; null: for any.</summary>
        public Task<ShardParty> NextAsync(int? index)
        {
            lock (_lock)
            {
                _awaited = index;
                _next = new TaskCompletionSource<ShardParty>(TaskCreationOptions.RunContinuationsAsynchronously);
                return _next.Task;
            }
        }
    }

    /// <summary>Answers what it is asked, until it has ended.</summary>
    private sealed class ShardParty(int index, long epoch) : IMovableParty
    {
        private volatile Exception? _ended;

        public int Index => index;

        public long Epoch => epoch;

        public Exception? Ended
        {
            get => _ended;
            set => _ended = value;
        }

        public bool CannotLeave { get; set; }

        public int Leaving { get; private set; }

        public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch) => _ended is { } ended ? ValueTask.FromException<byte[]>(ended) : new(batch.ToArray());

        public void OnMemberChanged(in MemberChange change)
        {
        }

        public void Tick()
        {
        }

        public Task StartAsync() => Task.CompletedTask;

        public Task LeaveAsync(string why)
        {
            Leaving++;
            _ended = new NodeUnreachableException(why);
            return CannotLeave ? Task.FromException(new IOException("a scratch file is damaged")) : Task.CompletedTask;
        }
    }
}
