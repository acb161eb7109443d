using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// Runs on the silo that makes the first call, or on the gateway of a client's. It may run twice for one actor, on two silos even: whoever
/// reserves does so per actor, and the loser's lease runs out. It calls schedulers, never the grain that is being placed, and schedulers are
/// placed by another director. A definite no is not an Orleans exception, which would be tried again; "not now" is one.
/// </summary>
internal sealed class ActorPlacementDirector(IServiceProvider services, MemberDirectory members, RayClusterSettings settings) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(Orleans.Runtime.PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return hint;
        }

        string actor = target.GrainIdentity.Key.ToString()!;
        byte[] request = target.RequestContextData?.GetValueOrDefault(ActorRequestContext.RequestKey) as byte[] ?? [];
        ActorPlace place = await LocalAsync(actor, request);
        NodeId node = place.Node == NodeId.None ? await GlobalAsync(actor, place.Request.IsEmpty ? request : place.Request.ToArray()) : place.Node;
        return node != NodeId.None && members.Find(node) is { IsDead: false } entry && silos.Contains(entry.Silo)
            ? entry.Silo
            : throw new OrleansException($"Actor {actor} has no place now: {(node == NodeId.None ? "no node takes it" : $"node {node} was chosen and is not there any more")}.");
    }

    private async ValueTask<ActorPlace> LocalAsync(string actor, byte[] request)
    {
        if (services.GetService<IActorPlacer>() is not { } placer)
        {
            return default;
        }

        ActorPlace place = await placer.PlaceAsync(actor, request);
        return place.Refusal is null ? place : throw new ActorPlacementRefusedException($"Actor {actor} cannot be placed: {place.Refusal}.");
    }

    private async ValueTask<NodeId> GlobalAsync(string actor, byte[] request)
    {
        uint replica = StableHash.Of(actor) % (uint)settings.SchedulerCount;
        return await services.GetRequiredService<IGrainFactory>().GetGrain<IGlobalSchedulerGrain>(replica).PlaceActor(actor, request.AsImmutable());
    }
}
