using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>A scheduler that places every actor on the node that the request names.</summary>
internal sealed class EchoScheduler(int replica) : EchoParty($"scheduler {replica}"), IActorScheduler
{
    public ActorPlace PlaceActor(string actor, ReadOnlyMemory<byte> request) => new(NodeId.Parse(System.Text.Encoding.UTF8.GetString(request.Span)));
}
