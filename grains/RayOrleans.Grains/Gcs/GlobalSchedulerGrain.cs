using Orleans.Concurrency;
using Orleans.Placement;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>A replica of the global scheduler in its grain. Its view is soft: heartbeats fill it again wherever it comes back.</summary>
[SpreadPlacement]
[KeepAlive]
[Immovable]
[Reentrant]
internal sealed class GlobalSchedulerGrain(IServiceProvider services, MemberDirectory members, IClusterNode node) : PartyGrain(members, node), IGlobalSchedulerGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        StartAsync(Factory(services).CreateScheduler((int)this.GetPrimaryKeyLong()), cancellationToken);

    public ValueTask<NodeId> PlaceActor(string actor, Immutable<byte[]> request)
    {
        if (Party is not IActorScheduler scheduler)
        {
            throw new ActorPlacementRefusedException($"Actor {actor} cannot be placed: this cluster's global scheduler places no actors.");
        }

        ActorPlace place = scheduler.PlaceActor(actor, request.Value);
        return place.Refusal is null
            ? new(place.Node)
            : throw new ActorPlacementRefusedException($"Actor {actor} cannot be placed: {place.Refusal}.");
    }

    public ValueTask<PartyStatus> GetStatus() => new(Status(epoch: 0));
}
