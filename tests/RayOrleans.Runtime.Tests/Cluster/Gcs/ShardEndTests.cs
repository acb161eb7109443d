using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

/// <summary>What becomes of an activation that cannot begin, and of one that is over.</summary>
public sealed class ShardEndTests
{
    private static readonly NodeId One = new(1);

    private readonly ManualTime _time = new();
    private readonly TestJournal _journal = new();
    private readonly TestTransport _transport = new() { Answers = static (_, _) => new(TestTransport.Applied) };
    private readonly List<(int Shard, Exception Error)> _failures = [];

    [Fact]
    public async Task StartThatIsCancelled_IsTriedAgain()
    {
        using ShardHost host = await MakeAsync();
        _journal.Error = new OperationCanceledException("the connection was given up");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(host.StartAsync);

        _journal.Error = null;
        ShardTalk one = new(One, 0);
        await one.Say(host, one.Publish(1), new RepublishedMessage());
        Assert.Equal(1, host.TaskCount);
    }

    /// <summary>Nobody waits for a tick, so nobody else would say it.</summary>
    [Fact]
    public async Task StartThatFailsInATick_IsSaid()
    {
        using ShardHost host = await MakeAsync();
        _journal.Error = new IOException("not mounted");
        host.Tick();

        Assert.Same(_journal.Error, Assert.Single(_failures).Error);
        Assert.Null(host.Ended);
    }

    [Fact]
    public async Task NewerEpochBeforeTheStart_EndsTheActivation()
    {
        using ShardHost host = await MakeAsync();
        await _journal.RaiseEpochAsync(0, default);
        host.Tick();

        Assert.IsType<StaleEpochException>(host.Ended);
    }

    [Fact]
    public async Task ShardThatMovedAway_LeavesNothingInMemory()
    {
        ClusterPartyFactory factory = new(_transport, new ShardHostOptions { Index = 0, Epoch = 0, Time = _time });
        MemoryShardJournal journal = new();
        WeakReference left = await LeaveAsync(factory, journal);

        Assert.Equal(0, factory.ShardCount);
        Assert.Equal(0, factory.TableRows);
        for (int i = 0; i < 10 && left.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(left.IsAlive, "what the shard knew is still referred to");
    }

    [Fact]
    public async Task ShardThatEnded_LeavesItsSuccessorInTheFactory()
    {
        ClusterPartyFactory factory = new(_transport, new ShardHostOptions { Index = 0, Epoch = 0, Time = _time }) { JournalFailed = (shard, error) => _failures.Add((shard, error)) };
        ShardHost old = (ShardHost)factory.CreateShard(3, await _journal.RaiseEpochAsync(0, default), _journal);
        await old.StartAsync();
        ShardHost next = (ShardHost)factory.CreateShard(3, await _journal.RaiseEpochAsync(0, default), _journal);
        await next.StartAsync();

        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.OnBatchAsync(new ShardTalk(One, 3).Next()));
        Assert.Equal((3, 1), (Assert.Single(_failures).Shard, factory.ShardCount));

        next.Dispose();
        Assert.Equal(0, factory.ShardCount);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> LeaveAsync(ClusterPartyFactory factory, MemoryShardJournal journal)
    {
        ShardHost shard = (ShardHost)factory.CreateShard(0, await journal.RaiseEpochAsync(0, default), journal);
        shard.OnMemberChanged(new MemberChange(new ClusterMember(One, "n", null), IsAlive: true));
        ShardTalk one = new(One, 0);
        await one.Say(shard, one.Publish(1), new RepublishedMessage());
        Assert.Equal((1, 1), (factory.ShardCount, factory.TableRows));
        await shard.LeaveAsync("it moves");
        return new WeakReference(shard);
    }

    private async Task<ShardHost> MakeAsync()
    {
        ShardHost host = new(new ShardHostOptions { Index = 0, Epoch = await _journal.RaiseEpochAsync(0, default), Time = _time }, _journal, _transport) { JournalFailed = e => _failures.Add((0, e)) };
        host.OnMemberChanged(new MemberChange(new ClusterMember(One, "n", null), IsAlive: true));
        return host;
    }
}
