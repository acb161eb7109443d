namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>The other silos that take shards, as those who keep copies of them reach each other. Thread-safe.</summary>
internal interface IShardPeers
{
    /// <summary>Ends when each of those that are there now has said whether it takes shards, or is dead; each time it is asked for.</summary>
    Task Ready { get; }

    /// <summary>Those that are not known to be dead, the one first that the shard would live on next.</summary>
    IReadOnlyList<NodeId> Others(int shard);

    /// <summary>Gives one of them a request (<see cref="FollowWire"/>) and returns its answer.</summary>
    /// <exception cref="NodeUnreachableException">It is unknown, or dead.</exception>
    ValueTask<byte[]> CallAsync(NodeId peer, byte[] request);
}
