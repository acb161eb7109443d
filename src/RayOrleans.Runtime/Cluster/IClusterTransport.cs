namespace RayOrleans.Runtime.Cluster;

/// <summary>
/// How a node, a shard or a scheduler reaches the others. A call delivers one batch to the other side's handler and returns its answer;
/// when it throws, the batch may or may not have arrived: the links above number their batches and send again. Thread-safe.
/// Implemented over Orleans by the grains, and inside one process for <c>RayOptions.Nodes</c>.
/// </summary>
internal interface IClusterTransport
{
    /// <summary>Over how many shards the tables of the GCS are spread: fixed for the life of a cluster.</summary>
    int ShardCount { get; }

    /// <summary>How many replicas of the global scheduler there are.</summary>
    int SchedulerCount { get; }

    /// <summary>Delivers a batch to a node.</summary>
    /// <exception cref="NodeUnreachableException">The node is unknown, or was declared dead.</exception>
    ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch);

    /// <summary>Delivers a batch to a shard, wherever it lives now.</summary>
    ValueTask<byte[]> CallShardAsync(int shard, byte[] batch);

    /// <summary>Delivers a batch to a replica of the global scheduler, wherever it lives now.</summary>
    ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch);
}
