using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace RayOrleans.Grains;

/// <summary>
/// Chooses by key alone: consecutive keys go to consecutive silos in the order of their age. No load is asked for, because what is even over
/// keys is even over time, and no scheduler may be needed to place a scheduler. Silos inside drivers' programs are left out where there are others.
/// </summary>
internal sealed class SpreadPlacementDirector(MemberDirectory members) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(Orleans.Runtime.PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = [.. context.GetCompatibleSilos(target).Order()];
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        SiloAddress[] lasting = [.. silos.Where(members.HostsControl)];
        SiloAddress[] candidates = lasting.Length > 0 ? lasting : silos;
        long key = target.GrainIdentity.TryGetIntegerKey(out long integer, out _) ? integer : target.GrainIdentity.GetUniformHashCode();

        // Shards begin with the oldest silo and schedulers with another, so that one silo alone has not the first of everything.
        ulong start = target.GrainIdentity.Type.GetUniformHashCode();
        return Task.FromResult(candidates[(int)((start + (ulong)key) % (ulong)candidates.Length)]);
    }
}
