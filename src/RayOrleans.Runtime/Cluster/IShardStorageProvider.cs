namespace RayOrleans.Runtime.Cluster;

/// <summary>Opens the storage of shards, one back end per silo. Thread-safe.</summary>
internal interface IShardStorageProvider
{
    /// <summary>The storage of one shard.</summary>
    /// <param name="index">Which one, from 0.</param>
    IShardStorage Open(int index);
}
