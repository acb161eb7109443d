namespace RayOrleans.Runtime.Cluster;

/// <summary>
/// One who receives batches: a node, a shard of the GCS, a replica of the global scheduler. Calls may come on any thread and concurrently;
/// they take microseconds of a thread, never block one and never run user code.
/// </summary>
internal interface IClusterParty
{
    /// <summary>
    /// Takes a request and returns its answer: a link's batch, or one of the questions that shards and schedulers answer
    /// (<see cref="Wire.RequestKind"/>). Nodes answer at once; a shard answers when it has journaled, a scheduler when it has asked the shards.
    /// </summary>
    /// <param name="batch">The request; not changed by anyone until it is answered.</param>
    ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch);

    /// <summary>Told about every member once it is there and once it is gone, in the order of the membership's versions, one at a time.</summary>
    void OnMemberChanged(in MemberChange change);

    /// <summary>
    /// Told before the first request and tick about every member that is there and has not said hello on this silo yet: it is not gone, and what becomes of it is told by
    /// <see cref="OnMemberChanged"/>.
    /// </summary>
    void OnMemberExpected(NodeId node)
    {
    }

    /// <summary>Called a few times a second: leases, resends, heartbeats.</summary>
    void Tick();
}
