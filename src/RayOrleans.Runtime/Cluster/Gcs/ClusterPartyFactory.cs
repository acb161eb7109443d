namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Makes the shards and global schedulers that a silo's grains host. Thread-safe.</summary>
/// <param name="transport">How they reach the nodes and each other.</param>
/// <param name="template">Options of shards; index and epoch are filled in.</param>
internal sealed class ClusterPartyFactory(IClusterTransport transport, ShardHostOptions template) : IClusterPartyFactory
{
    /// <summary>Told about what went wrong with shards' journals. On any thread; must not throw.</summary>
    public Action<Exception>? JournalFailed { get; init; }

    public IClusterParty CreateShard(int index, long epoch, IShardStorage storage) => new ShardHost(
        template with { Index = index, Epoch = epoch, Seed = template.Seed + index },
        storage as IShardJournal ?? throw new ArgumentException($"A {storage.GetType().Name} keeps no journal.", nameof(storage)),
        transport)
    {
        JournalFailed = JournalFailed,
    };

    public IClusterParty CreateScheduler(int replica) => new SchedulerHost(replica, template.Seed, transport);
}
