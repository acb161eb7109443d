using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Gcs.Snapshots;

/// <summary>
/// What nodes had said to earlier epochs of a shard and have not said to this one: holds, copies, subscriptions. Each node tells again what it knows; what
/// it does not repeat has ended meanwhile, and is taken back in its name, just before it says that it has told everything.
/// </summary>
internal sealed class RestoredClaims
{
    private readonly Dictionary<NodeId, NodeClaims> _nodes = [];

    /// <summary>Nodes that have not told everything yet.</summary>
    public IReadOnlyDictionary<NodeId, NodeClaims> Nodes => _nodes;

    /// <summary>All claims of a snapshot.</summary>
    public static RestoredClaims Of(TableSnapshot snapshot)
    {
        RestoredClaims claims = new();
        foreach (TableObjectSnapshot item in snapshot.Rows.SelectMany(r => r.Objects))
        {
            RemoteRef reference = item.Report.Ref;
            foreach ((NodeId node, _) in item.Holders)
            {
                claims.Of(node).Holds[reference.Id] = reference;
            }

            foreach (NodeId node in item.Locations)
            {
                claims.Of(node).Copies[reference.Id] = item.Report.Version;
            }

            foreach (NodeId node in item.Subscribers)
            {
                claims.Of(node).Subscriptions[reference.Id] = reference;
            }
        }

        return claims;
    }

    /// <summary>The claims of one node; made when there are none.</summary>
    public NodeClaims Of(NodeId node)
    {
        if (!_nodes.TryGetValue(node, out NodeClaims? claims))
        {
            _nodes.Add(node, claims = new NodeClaims());
        }

        return claims;
    }

    /// <summary>The node is dead: the table knows what becomes of what it had.</summary>
    public void Forget(NodeId node) => _nodes.Remove(node);

    /// <summary>A batch for this epoch, with what its node does not say any more.</summary>
    public Batch Complete(Batch batch)
    {
        if (!_nodes.TryGetValue(batch.From.Node, out NodeClaims? claims))
        {
            return batch;
        }

        for (int i = 0; i < batch.Messages.Count; i++)
        {
            if (batch.Messages[i] is RepublishedMessage)
            {
                _nodes.Remove(batch.From.Node);
                return batch with { Messages = [.. batch.Messages.Take(i), .. claims.TakenBack(), .. batch.Messages.Skip(i)] };
            }

            claims.Confirm(batch.Messages[i]);
        }

        return batch;
    }
}
