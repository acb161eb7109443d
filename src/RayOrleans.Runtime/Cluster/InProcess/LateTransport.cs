namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>A transport for a node that must exist before it can join: nothing is sent until then.</summary>
internal sealed class LateTransport(int shardCount, int schedulerCount) : IClusterTransport
{
    private volatile IClusterTransport? _joined;

    public int ShardCount => shardCount;

    public int SchedulerCount => schedulerCount;

    private IClusterTransport Joined => _joined ?? throw new NodeUnreachableException("This node has not joined its cluster yet.");

    public void Attach(IClusterTransport transport) => _joined = transport;

    public ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch) => Joined.CallNodeAsync(node, batch);

    public ValueTask<byte[]> CallShardAsync(int shard, byte[] batch) => Joined.CallShardAsync(shard, batch);

    public ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch) => Joined.CallSchedulerAsync(replica, batch);
}
