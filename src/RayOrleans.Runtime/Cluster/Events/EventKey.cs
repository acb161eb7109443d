namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>What events are about, and are kept by: a job, or a node.</summary>
/// <param name="IsNode">Whether it is a node.</param>
/// <param name="Value">The number of the job, or of the node.</param>
internal readonly record struct EventKey(bool IsNode, UInt128 Value)
{
    public static EventKey Of(JobId job) => new(false, job.Value);

    public static EventKey Of(NodeId node) => new(true, node.Value);

    /// <summary>The shard that keeps them; the same on every node.</summary>
    public int ShardOf(int shardCount) => (int)((ulong)(Value ^ (Value >> 64) ^ (Value >> 17)) % (ulong)shardCount);
}
