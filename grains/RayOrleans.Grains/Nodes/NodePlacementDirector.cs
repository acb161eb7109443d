using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace RayOrleans.Grains;

/// <summary>Runs on the caller's silo, or on the gateway of a client's call. Its refusal is not an Orleans exception, which would be retried.</summary>
internal sealed class NodePlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(Orleans.Runtime.PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string key = target.GrainIdentity.Key.ToString()!;
        SiloAddress wanted = Parse(key);
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        return silos.Contains(wanted)
            ? Task.FromResult(wanted)
            : throw new NodeNotFoundException(
                $"Silo {key} is not in the cluster: it has stopped, was declared dead, or runs no Ray node. Silos with nodes now: {string.Join(", ", silos.Select(s => s.ToParsableString()))}.");
    }

    private static SiloAddress Parse(string key)
    {
        try
        {
            return SiloAddress.FromParsableString(key);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new NodeNotFoundException($"\"{key}\" is not the address of a silo; a local scheduler's key is what SiloAddress.ToParsableString() writes, as in 10.0.0.7:11111@123456.");
        }
    }
}
