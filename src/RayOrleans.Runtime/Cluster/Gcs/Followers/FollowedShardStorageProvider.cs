using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>The memory back end of a silo among others. Thread-safe.</summary>
/// <param name="peers">The others.</param>
/// <param name="copies">What this silo keeps for them.</param>
/// <param name="time">The clock.</param>
internal sealed class FollowedShardStorageProvider(IShardPeers peers, ShardCopies copies, TimeProvider time) : IShardStorageProvider
{
    private readonly ConcurrentDictionary<int, FollowedShardJournal> _shards = new();

    public IShardStorage Open(int index) => _shards.GetOrAdd(index, i => new FollowedShardJournal(i, peers, copies, time));
}
