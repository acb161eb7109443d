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
        Task<ShardParty> next = parties.NextAsync();

        parties.Last.Ended = new InvalidOperationException("what it knew could not be changed");
        ShardParty made = await next.WaitAsync(Patience);

        PartyStatus after = await shard.Start();
        Assert.True(after.Epoch > before.Epoch, $"{before} became {after}");
        Assert.Equal(made.Epoch, after.Epoch);
        Assert.Equal([7], (await shard.Deliver(new byte[] { 7 }.AsImmutable())).Value);
    }

    [Fact]
    public async Task PartyThatCannotLeave_AndHasEnded_DoesNotKeepTheSilo()
    {
        Parties parties = new();
        TestSilo silo = await TestSilo.StartAsync(s => s.AddSingleton<IClusterPartyFactory>(parties));
        await silo.Grains.GetGrain<IGcsShardGrain>(0).Start();
        ShardParty party = parties.Last;
        party.CannotLeave = true;

        await silo.DisposeAsync();

        // Once: it had ended, so trying again would have been no use.
        Assert.Equal(1, party.Leaving);
    }

    private sealed class Parties : IClusterPartyFactory
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource<ShardParty> _next = new();

        public ShardParty Last { get; private set; } = new(0);

        public IClusterParty CreateShard(int index, long epoch, IShardStorage storage)
        {
            ShardParty party = new(epoch);
            if (index == 0)
            {
                lock (_lock)
                {
                    Last = party;
                    _next.TrySetResult(party);
                }
            }

            return party;
        }

        public IClusterParty CreateScheduler(int replica) => SilentParty.Instance;

        /// <summary>The next party of shard 0 that is made.</summary>
        public Task<ShardParty> NextAsync()
        {
            lock (_lock)
            {
                _next = new TaskCompletionSource<ShardParty>(TaskCreationOptions.RunContinuationsAsynchronously);
                return _next.Task;
            }
        }
    }

    /// <summary>Answers what it is asked, until it has ended.</summary>
    private sealed class ShardParty(long epoch) : IMovableParty
    {
        private volatile Exception? _ended;

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
