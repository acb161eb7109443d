using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Makes the shards and global schedulers that a silo's grains host. Thread-safe.</summary>
/// <param name="transport">How they reach the nodes and each other.</param>
/// <param name="template">Options of shards; index and epoch are filled in.</param>
internal sealed class ClusterPartyFactory(IClusterTransport transport, ShardHostOptions template) : IClusterPartyFactory
{
    private readonly ConcurrentDictionary<int, ShardHost> _shards = new();

    /// <summary>Told about what went wrong with shards' journals. On any thread; must not throw.</summary>
    public Action<Exception>? JournalFailed { get; init; }

    public int TableRows => _shards.Values.Where(s => s.Ended is null).Sum(s => s.TaskCount);

    public int StoredSpecs => _shards.Values.Where(s => s.Ended is null).Sum(s => s.Lineage.Stored);

    public IClusterParty CreateShard(int index, long epoch, IShardStorage storage)
    {
        ShardHost shard = new(
            template with { Index = index, Epoch = epoch, Seed = template.Seed + index },
            storage as IShardJournal ?? throw new ArgumentException($"A {storage.GetType().Name} keeps no journal.", nameof(storage)),
            transport)
        {
            JournalFailed = JournalFailed,
        };
        _shards[index] = shard;
        return shard;
    }

    public IClusterParty CreateScheduler(int replica) => new SchedulerHost(replica, template.Seed, transport);
}
