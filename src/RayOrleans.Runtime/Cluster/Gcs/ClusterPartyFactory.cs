using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Makes the shards and global schedulers that a silo's grains host. Thread-safe.</summary>
/// <param name="transport">How they reach the nodes and each other.</param>
/// <param name="template">Options of shards; index and epoch are filled in.</param>
internal sealed class ClusterPartyFactory(IClusterTransport transport, ShardHostOptions template) : IClusterPartyFactory
{
    private readonly ConcurrentDictionary<int, ShardHost> _shards = new();

    /// <summary>Told about what went wrong with a shard's journal: which shard, and what. On any thread; must not throw.</summary>
    public Action<int, Exception>? JournalFailed { get; init; }

    /// <summary>How many shards were made here and are still in use.</summary>
    public int ShardCount => _shards.Count;

    public int TableRows => _shards.Values.Sum(s => s.TaskCount);

    public int StoredSpecs => _shards.Values.Sum(s => s.Lineage.Stored);

    public IClusterParty CreateShard(int index, long epoch, IShardStorage storage)
    {
        ShardHost? made = null;
        ShardHost shard = made = new(
            template with { Index = index, Epoch = epoch, Seed = template.Seed + index },
            storage as IShardJournal ?? throw new ArgumentException($"A {storage.GetType().Name} keeps no journal.", nameof(storage)),
            transport)
        {
            JournalFailed = e => JournalFailed?.Invoke(index, e),

            // Its whole state hangs from it; one that has made room for another of the same index leaves that alone.
            Over = () => _shards.TryRemove(KeyValuePair.Create(index, made!)),
        };
        _shards[index] = shard;
        return shard;
    }

    public IClusterParty CreateScheduler(int replica) => new SchedulerHost(replica, template.Seed, transport);
}
