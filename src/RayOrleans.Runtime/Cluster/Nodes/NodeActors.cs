using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// The node's part in the life of actors' grains: its local scheduler is asked first where an actor should live. The actor itself comes from its manager
/// as a task does, over the links, once its grain has a place.
/// </summary>
internal sealed class NodeActors(Func<NodeServices> node) : IActorNode, IActorPlacer
{
    public ValueTask<ActorPlace> PlaceAsync(string actor, ReadOnlyMemory<byte> request)
    {
        if (request.IsEmpty)
        {
            return new(new ActorPlace(NodeId.None, default, "no manager has asked for it to be started: it was never created, or has ended"));
        }

        NodeServices services = node();
        PlacementRequest asked = SchedulerWire.DecodePlace(request)[0];
        bool keeps = asked.From == services.NodeId && services.Gate.Do(engine => engine.Cluster!.WouldKeep(asked));
        return new(new ActorPlace(keeps ? services.NodeId : NodeId.None, request));
    }

    public ValueTask<string?> ActivateAsync(string actor, CancellationToken cancellationToken) => new((string?)null);

    public ValueTask<byte[]> StartAsync(string actor, long incarnation, ReadOnlyMemory<byte> spec) => new([]);

    public void Deactivated(string actor, string why)
    {
        // The silo leaves, or the manager has let the grain go: what becomes of the actor follows from the membership and from its manager.
    }
}
