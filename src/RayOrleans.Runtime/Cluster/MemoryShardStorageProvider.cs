using System.Collections.Concurrent;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Cluster;

/// <summary>The memory back end: a shard whose silo dies starts from nothing and is filled again by the nodes. Thread-safe.</summary>
internal sealed class MemoryShardStorageProvider : IShardStorageProvider
{
    private readonly ConcurrentDictionary<int, MemoryShardJournal> _shards = new();

    public IShardStorage Open(int index) => _shards.GetOrAdd(index, static _ => new MemoryShardJournal());
}
