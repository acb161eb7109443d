namespace RayOrleans.Runtime.Cluster;

/// <summary>
/// The node's part in the life of an actor's grain. The grain is identity, placement and life cycle; calls travel from node to node.
/// Thread-safe.
/// </summary>
internal interface IActorNode
{
    /// <summary>The grain is being activated here: asks the actor table whether the actor may live, and confirms its reservation.</summary>
    /// <param name="actor">The actor's key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when it may; otherwise why not: it was killed, used up its restarts, or was never created.</returns>
    ValueTask<string?> ActivateAsync(string actor, CancellationToken cancellationToken);

    /// <summary>Starts an incarnation of the actor on this node, or finds it started: the same incarnation again changes nothing, an older one is refused.</summary>
    /// <param name="actor">The actor's key.</param>
    /// <param name="incarnation">Which one.</param>
    /// <param name="spec">How to make it, as the creator's node wrote it.</param>
    /// <returns>The node's answer for the one who asked; its form is between the two.</returns>
    ValueTask<byte[]> StartAsync(string actor, long incarnation, ReadOnlyMemory<byte> spec);

    /// <summary>The grain goes away, with its silo usually. Returns at once.</summary>
    /// <param name="actor">The actor's key.</param>
    /// <param name="why">The reason.</param>
    void Deactivated(string actor, string why);
}
