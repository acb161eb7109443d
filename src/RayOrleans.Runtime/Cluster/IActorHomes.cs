namespace RayOrleans.Runtime.Cluster;

/// <summary>A transport whose cluster gives every actor a grain: the grain's placement director decides where the actor lives. Thread-safe.</summary>
internal interface IActorHomes
{
    /// <summary>Places an actor, or finds where it has its place.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="incarnation">The incarnation that is to start.</param>
    /// <param name="request">What it needs, for local and global schedulers.</param>
    /// <param name="fixedNode">The node it must live on; none: any.</param>
    /// <returns>The node.</returns>
    ValueTask<NodeId> PlaceAsync(ActorId actor, long incarnation, byte[] request, NodeId fixedNode);

    /// <summary>The actor is gone for good: its grain goes too.</summary>
    ValueTask LeaveAsync(ActorId actor);
}
