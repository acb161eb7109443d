using System.Collections.Concurrent;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// Draws epochs that grow from activation to activation of a shard, without a durable store to count in. An epoch is the membership's version,
/// read from its table at activation, times 2^20, or more. Why that grows: an activation ends by the death of its silo, which is a version
/// that the next activation reads and that the dead silo, which must find itself alive when it activates, never had; by its silo's leaving,
/// which is a version too; or by decision of its silo, which then counts on from its own last epoch and tells the others. A durable back
/// end makes it certain, also over a restart of the whole cluster: it records the epoch before the shard serves. Thread-safe.
/// </summary>
internal sealed class ShardEpochs(IClusterMembershipService membership, MembershipTracker tracker, ILocalSiloDetails silo)
{
    private const int VersionShift = 20;
    private readonly ConcurrentDictionary<int, long> _seen = new();

    /// <summary>An epoch was in use here or elsewhere.</summary>
    public void Note(int shard, long epoch) => _seen.AddOrUpdate(shard, epoch, (_, before) => Math.Max(before, epoch));

    /// <summary>The greatest epoch of a shard that this silo has had or was told of.</summary>
    public long Last(int shard) => _seen.GetValueOrDefault(shard);

    public async ValueTask<long> DrawAsync(int shard, IShardStorage storage, CancellationToken cancellationToken)
    {
        // The storage may ask the other silos, so they must be known here too.
        await tracker.RefreshAsync(default(MembershipVersion)).WaitAsync(cancellationToken);
        ClusterMembershipSnapshot snapshot = membership.CurrentSnapshot;
        if (snapshot.GetSiloStatus(silo.SiloAddress) != SiloStatus.Active)
        {
            throw new OrleansException($"Shard {shard} cannot live on silo {silo.SiloAddress}, which is {snapshot.GetSiloStatus(silo.SiloAddress)}.");
        }

        long atLeast = Math.Max(snapshot.Version.Value << VersionShift, _seen.GetValueOrDefault(shard) + 1);
        long epoch = await storage.RaiseEpochAsync(atLeast, cancellationToken);
        Note(shard, epoch);

        // Earlier epochs write nothing any more, so whoever they have written about is in the membership as it is now, or is dead.
        await tracker.RefreshAsync(default(MembershipVersion)).WaitAsync(cancellationToken);
        return epoch;
    }
}
