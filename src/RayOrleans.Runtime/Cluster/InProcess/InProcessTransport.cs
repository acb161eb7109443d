namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>How one party reaches the others.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="self">The party; null: a shard or a scheduler, which never dies.</param>
internal sealed class InProcessTransport(InProcessCluster cluster, InProcessParty? self) : IClusterTransport
{
    public int ShardCount => cluster.ShardCount;

    public int SchedulerCount => 1;

    public ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch) => cluster.FindNode(node) is { } party
        ? Delivery.Send(self, party, batch)
        : ValueTask.FromException<byte[]>(new NodeUnreachableException($"Node {node} is not in the cluster."));

    public ValueTask<byte[]> CallShardAsync(int shard, byte[] batch) => Delivery.Send(self, cluster.ShardAt(shard), batch);

    public ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch) => replica == 0
        ? Delivery.Send(self, cluster.Scheduler, batch)
        : ValueTask.FromException<byte[]>(new ArgumentOutOfRangeException(nameof(replica), replica, "There is one scheduler."));
}
