namespace RayOrleans.Runtime.Cluster;

/// <summary>A global scheduler that places actors. Called under its grain's turn; takes microseconds.</summary>
internal interface IActorScheduler
{
    /// <summary>Chooses a node for an actor and counts it into the view; the same node again for an actor that was chosen a moment ago.</summary>
    /// <param name="actor">The actor's key.</param>
    /// <param name="request">What it needs.</param>
    ActorPlace PlaceActor(string actor, ReadOnlyMemory<byte> request);
}
