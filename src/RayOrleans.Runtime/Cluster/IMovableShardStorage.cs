namespace RayOrleans.Runtime.Cluster;

/// <summary>A storage in memory: what a shard knows when it leaves a silo stays there for the activation that follows.</summary>
internal interface IMovableShardStorage : IShardStorage
{
    /// <summary>The activation ends, and nothing more is appended in its epoch: its state is kept on this silo, for whoever reads next.</summary>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="state">Everything it knows, as records in order.</param>
    ValueTask LeaveAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> state);
}
