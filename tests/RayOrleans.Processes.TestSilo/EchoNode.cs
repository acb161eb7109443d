using System.Net;
using Orleans.Runtime;
using RayOrleans.Grains;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>A node that takes batches and actors and does nothing with them.</summary>
internal sealed class EchoNode(ILocalSiloDetails silo) : IClusterNode, IActorNode, IActorPlacer
{
    private int _activations;

    public NodeId NodeId { get; } = NodeIds.Of(silo.SiloAddress);

    public IPEndPoint? DataEndPoint => new(IPAddress.Loopback, 4242);

    public EchoParty Echo { get; } = new("node");

    public IClusterParty Party => Echo;

    /// <summary>How many grains of actors were activated here, ever.</summary>
    public int Activations => Volatile.Read(ref _activations);

    /// <summary>Whether this silo's local scheduler keeps the actors it is asked for.</summary>
    public bool Keeps { get; set; } = true;

    public Task LeaveAsync() => Task.CompletedTask;

    public void Die(string why) => Echo.Note("died");

    public ValueTask<string?> ActivateAsync(string actor, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _activations);
        return new(actor.StartsWith("dead", StringComparison.Ordinal) ? "it was killed" : null);
    }

    public ValueTask<byte[]> StartAsync(string actor, long incarnation, ReadOnlyMemory<byte> spec) => new(spec.ToArray());

    public void Deactivated(string actor, string why) => Echo.Note($"deactivated {actor}");

    public ValueTask<ActorPlace> PlaceAsync(string actor, ReadOnlyMemory<byte> request) => new(
        actor.StartsWith("refused", StringComparison.Ordinal) ? new ActorPlace(NodeId.None, default, "no table knows it") :
        Keeps ? new ActorPlace(NodeId) : new ActorPlace(NodeId.None, request));
}
