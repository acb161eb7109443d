using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace RayOrleans.Grains;

/// <summary>
/// Chooses by key alone (<see cref="ShardSpread"/>). No load is asked for, because what is even over keys is even over time, and no scheduler may be needed to
/// place a scheduler. Silos inside drivers' programs are left out where there are others.
/// </summary>
internal sealed class SpreadPlacementDirector(MemberDirectory members, RayClusterSettings settings) : IPlacementDirector
{
    /// <summary>What <see cref="ShardSpread"/> tells shards from schedulers by.</summary>
    public static uint KindOf(GrainId grain) => grain.Type.GetUniformHashCode();

    public Task<SiloAddress> OnAddActivation(Orleans.Runtime.PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        SiloAddress[] lasting = [.. silos.Where(members.HostsControl)];
        long key = target.GrainIdentity.TryGetIntegerKey(out long integer, out _) ? integer : target.GrainIdentity.GetUniformHashCode();
        return Task.FromResult(ShardSpread.OwnerOf(lasting.Length > 0 ? lasting : silos, KindOf(target.GrainIdentity), key, CountOf(target)));
    }

    private int CountOf(PlacementTarget target) =>
        target.InterfaceType == GrainInterfaceType.Create("RayOrleans.IGcsShardGrain") ? settings.ShardCount : settings.SchedulerCount;
}
