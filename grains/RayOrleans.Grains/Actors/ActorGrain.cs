using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>The grain of an actor: it gives the actor to its silo's node, and says where that is.</summary>
[ActorPlacement]
[KeepAlive]
[Immovable]
[Reentrant]
internal sealed class ActorGrain(IServiceProvider services, IClusterNode node) : Grain, IActorGrain
{
    private readonly IActorNode? _actors = services.GetService<IActorNode>();

    private string Key => this.GetPrimaryKeyString();

    private IActorNode Actors => _actors ?? throw Refusal("the node on this silo takes no actors");

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A stray call must not revive an actor that has ended: whether it may live is for the actor table to say, every time.
        if (await Actors.ActivateAsync(Key, cancellationToken) is { } why)
        {
            throw Refusal(why);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _actors?.Deactivated(Key, reason.Description);
        return Task.CompletedTask;
    }

    public async ValueTask<ActorStarted> StartAsync(long incarnation, Immutable<byte[]> spec) =>
        new(node.NodeId, await Actors.StartAsync(Key, incarnation, spec.Value));

    public ValueTask<NodeId> GetNodeAsync() => new(node.NodeId);

    public ValueTask LeaveAsync()
    {
        DeactivateOnIdle();
        return default;
    }

    private ActorPlacementRefusedException Refusal(string why) => new($"Actor {Key} cannot live on node {node.NodeId}: {why}.");
}
