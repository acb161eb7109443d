using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace RayOrleans.Grains;

/// <summary>
/// Runs on the caller's silo, or on the gateway of a client's call. Its refusal is not an Orleans exception, which would be retried. A silo that has just joined is a member before
/// the others know which grains it takes: that is waited for.
/// </summary>
/// <param name="members">Who is in the cluster.</param>
/// <param name="manifests">Which grains members take.</param>
internal sealed class NodePlacementDirector(ISiloStatusOracle members, IClusterManifestProvider manifests) : IPlacementDirector
{
    /// <summary>How long it may take until a member has said what it takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public Task<SiloAddress> OnAddActivation(Orleans.Runtime.PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string key = target.GrainIdentity.Key.ToString()!;
        SiloAddress wanted = Parse(key);
        return context.GetCompatibleSilos(target).Contains(wanted) ? Task.FromResult(wanted) : WhenItIsKnownAsync(wanted, key, target, context);
    }

    private async Task<SiloAddress> WhenItIsKnownAsync(SiloAddress wanted, string key, PlacementTarget target, IPlacementContext context)
    {
        long start = Environment.TickCount64;
        while (members.GetApproximateSiloStatus(wanted) == SiloStatus.Active && !manifests.Current.Silos.ContainsKey(wanted) && Environment.TickCount64 - start < Patience.TotalMilliseconds)
        {
            await Task.Delay(Pause).ConfigureAwait(false);
        }

        SiloAddress[] silos = context.GetCompatibleSilos(target);
        return silos.Contains(wanted)
            ? wanted
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
