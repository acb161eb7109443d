namespace RayOrleans.Runtime.Cluster;

/// <summary>
/// The local scheduler's part in placing an actor: asked on the silo that makes the first call to it. May be asked more than once for one
/// actor, on one silo or on two: a reservation is kept per actor, leased, and confirmed when the actor starts on its node.
/// </summary>
internal interface IActorPlacer
{
    /// <summary>
    /// Reserves what the actor needs, here if the local scheduler would keep it.
    /// </summary>
    /// <param name="actor">The actor's key.</param>
    /// <param name="request">What it needs, as the creator's node wrote it; empty when the first call did not carry it, and the actor table must be asked.</param>
    /// <returns>Where, and what a global scheduler is asked with when it is nowhere yet.</returns>
    ValueTask<ActorPlace> PlaceAsync(string actor, ReadOnlyMemory<byte> request);
}
