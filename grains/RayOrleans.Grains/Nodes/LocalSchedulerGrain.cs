using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>The face of this silo's node; every call is answered from the node itself.</summary>
[NodePlacement]
[KeepAlive]
[Immovable]
[Reentrant]
internal sealed class LocalSchedulerGrain(ILocalNode node, ILocalSiloDetails silo, MemberDirectory members, IClusterPartyFactory parties) : Grain, ILocalSchedulerGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        string here = silo.SiloAddress.ToParsableString();
        return this.GetPrimaryKeyString() == here
            ? Task.CompletedTask
            : throw new NodeNotFoundException($"The local scheduler of silo {this.GetPrimaryKeyString()} cannot live on silo {here}.");
    }

    public ValueTask Ping() => default;

    public ValueTask<LocalSchedulerStatus> GetStatus()
    {
        LocalNodeStatus status = node.GetStatus();
        return new(new LocalSchedulerStatus
        {
            NodeId = status.NodeId,
            Resources = new Dictionary<string, double>(status.Resources),
            AvailableResources = new Dictionary<string, double>(status.AvailableResources),
            ReadyTasks = status.ReadyTasks,
            RunningTasks = status.RunningTasks,
            LiveObjects = status.LiveObjects,
            ObjectStoreBytes = status.ObjectStoreBytes,
            ObjectStoreUsedBytes = status.ObjectStoreUsedBytes,
            Members = members.Living.Count(m => m.IsAnnounced),
        });
    }

    public async ValueTask<IReadOnlyDictionary<string, double>> GetHoldings(bool collectGarbage)
    {
        // A collection blocks: not on one of Orleans' threads.
        IReadOnlyDictionary<string, double> held = await Task.Run(() => node.GetHoldings(collectGarbage));
        (int rows, int stored) = (parties.TableRows, parties.StoredSpecs);
        if (rows == 0 && stored == 0)
        {
            return held;
        }

        Dictionary<string, double> all = new(held) { ["table rows"] = rows };
        if (stored > 0)
        {
            all["specs in files"] = stored;
        }

        return all;
    }
}
