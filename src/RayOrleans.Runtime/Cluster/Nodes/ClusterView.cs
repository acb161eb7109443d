using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// How the other nodes stand, for listings: who is there this node knows from the membership, what they have a global scheduler knows from their heartbeats.
/// Thread-safe.
/// </summary>
internal sealed class ClusterView(SchedulerClient schedulers, int replicas, Func<IReadOnlyCollection<ClusterMember>> members, NodeServices node, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>For how long a node is waited for whose heartbeat has not arrived: it has just joined, or the scheduler has just moved.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The nodes beside this one.</summary>
    /// <exception cref="NodeDiedException">This node has stopped.</exception>
    public async ValueTask<IReadOnlyList<NodeInfo>> OthersAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        int replica = (int)(node.NodeId.Value % (ulong)replicas);
        Dictionary<NodeId, NodeLoad> loads = [];
        while (true)
        {
            node.ThrowIfStopped();
            try
            {
                foreach (NodeLoad load in await schedulers.NodesAsync(replica).ConfigureAwait(false))
                {
                    loads[load.Node] = load;
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Each replica knows all that this needs.
                node.Events.WarnRarely($"A global scheduler did not say how the nodes stand: {e.Message}");
                replica = (replica + 1) % replicas;
            }

            ClusterMember[] others = [.. members().Where(m => m.NodeId != node.NodeId)];
            if (others.All(m => loads.ContainsKey(m.NodeId)) || time.GetElapsedTime(start) >= Patience)
            {
                return [.. others.Select(m => Describe(m, loads.GetValueOrDefault(m.NodeId)))];
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static NodeInfo Describe(ClusterMember member, NodeLoad? load)
    {
        NodeInfo info = new() { NodeId = member.NodeId, IsAlive = true, Address = member.Name };
        if (load is null)
        {
            return info;
        }

        IReadOnlyDictionary<string, double> total = load.Total.ToDictionary();
        IReadOnlyDictionary<string, double> free = load.Free.ToDictionary();
        return info with
        {
            Resources = total,
            AvailableResources = total.Keys.ToDictionary(name => name, name => free.GetValueOrDefault(name), StringComparer.Ordinal),
            Labels = load.Labels,
            ObjectStoreBytes = load.StoreBytes,
            ObjectStoreUsedBytes = load.StoreUsedBytes,
            ObjectStore = load.Store,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(load.StartedAt),
        };
    }
}
