namespace RayOrleans;

/// <summary>Which node a task or actor should go to. Immutable, compared by content.</summary>
public abstract record SchedulingStrategy
{
    private protected SchedulingStrategy()
    {
    }

    /// <summary>The local node first, then where the arguments are and there is room.</summary>
    public static SchedulingStrategy Default { get; } = new DefaultStrategy();

    /// <summary>Spread over the nodes, also against the place of the arguments.</summary>
    public static SchedulingStrategy Spread { get; } = new SpreadStrategy();

    /// <summary>A certain node.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="soft">Whether any other node will do when that one is dead or can never hold the task.</param>
    /// <exception cref="ArgumentException">The id stands for no node.</exception>
    public static SchedulingStrategy NodeAffinity(NodeId nodeId, bool soft = false) => new NodeAffinityStrategy(nodeId, soft);

    /// <summary>Inside the reservation of a placement group.</summary>
    /// <param name="placementGroup">The group.</param>
    /// <param name="bundle">The position of the bundle, from 0; -1 for any.</param>
    /// <exception cref="ArgumentException">The group has no such bundle.</exception>
    public static SchedulingStrategy PlacementGroup(PlacementGroup placementGroup, int bundle = -1)
    {
        ArgumentNullException.ThrowIfNull(placementGroup);
        return new PlacementGroupStrategy(placementGroup.Id, CheckedBundle(placementGroup, bundle));
    }

    private static int CheckedBundle(PlacementGroup group, int bundle) =>
        bundle >= -1 && bundle < group.Bundles.Count
            ? bundle
            : throw new ArgumentException($"bundle is {bundle}, but the placement group has bundles 0 to {group.Bundles.Count - 1} (-1 means any).", nameof(bundle));
}
