namespace RayOrleans;

/// <summary>See <see cref="SchedulingStrategy.NodeAffinity"/>.</summary>
public sealed record NodeAffinityStrategy : SchedulingStrategy
{
    /// <summary>Asks for a certain node.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="soft">Whether another node will do when that one cannot be had.</param>
    /// <exception cref="ArgumentException">The id stands for no node.</exception>
    public NodeAffinityStrategy(NodeId nodeId, bool soft = false)
    {
        if (nodeId == default)
        {
            throw new ArgumentException("nodeId stands for no node; take one from Ray.Nodes() or Ray.Context.NodeId.", nameof(nodeId));
        }

        NodeId = nodeId;
        Soft = soft;
    }

    /// <summary>The node.</summary>
    public NodeId NodeId { get; }

    /// <summary>Whether another node will do when that one cannot be had.</summary>
    public bool Soft { get; }
}
