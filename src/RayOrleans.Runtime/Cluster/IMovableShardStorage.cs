namespace RayOrleans.Runtime.Cluster;

/// <summary>A storage of one silo only: when its shard moves, what the shard knows is taken along.</summary>
internal interface IMovableShardStorage : IShardStorage
{
    /// <summary>What the shard knew elsewhere: the next activation here begins with it, once.</summary>
    /// <param name="records">The records, in order.</param>
    void Restore(IReadOnlyList<ReadOnlyMemory<byte>> records);
}
