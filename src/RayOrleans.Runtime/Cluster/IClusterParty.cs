namespace RayOrleans.Runtime.Cluster;

/// <summary>
/// One who receives batches: a node, a shard of the GCS, a replica of the global scheduler. Calls may come on any thread and concurrently;
/// they take microseconds, never wait for another party and never run user code.
/// </summary>
internal interface IClusterParty
{
    /// <summary>Takes a batch and returns the answer that the sender's link expects.</summary>
    byte[] OnBatch(ReadOnlyMemory<byte> batch);

    /// <summary>Told about every member once it is there and once it is gone, in the order of the membership's versions, one at a time.</summary>
    void OnMemberChanged(in MemberChange change);

    /// <summary>Called a few times a second: leases, resends, heartbeats.</summary>
    void Tick();
}
