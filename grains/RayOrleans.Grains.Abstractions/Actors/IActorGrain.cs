using Orleans.Concurrency;

namespace RayOrleans.Grains;

/// <summary>
/// An actor: its identity, its place and its life cycle; its key is the actor's id. Calls to it travel from node to node. The first call
/// places it: bottom-up, by the local scheduler of the caller's node and then by a global scheduler.
/// </summary>
[Alias("RayOrleans.IActorGrain")]
public interface IActorGrain : IGrainWithStringKey
{
    /// <summary>Starts an incarnation on the node that the grain lives on, or finds it started there. Idempotent per incarnation.</summary>
    /// <param name="incarnation">Which one.</param>
    /// <param name="spec">How to make it, for that node; not to be changed any more.</param>
    /// <exception cref="ActorPlacementRefusedException">The actor may not live: it was killed, has used up its restarts, or was never created.</exception>
    [Alias("Start")]
    [ResponseTimeout("00:00:10")]
    ValueTask<ActorStarted> StartAsync(long incarnation, Immutable<byte[]> spec);

    /// <summary>The node that the grain lives on.</summary>
    [Alias("GetNode")]
    [ResponseTimeout("00:00:05")]
    ValueTask<NodeId> GetNodeAsync();

    /// <summary>The actor has ended: the grain goes away, and its next activation will ask the actor table.</summary>
    [Alias("Leave")]
    [ResponseTimeout("00:00:05")]
    ValueTask LeaveAsync();
}
