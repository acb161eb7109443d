namespace RayOrleans;

/// <summary>A placement group, as it was when asked.</summary>
public sealed record PlacementGroupInfo
{
    /// <summary>The group's id.</summary>
    public PlacementGroupId PlacementGroupId { get; init; }

    /// <summary>The name it was given, if one was.</summary>
    public string? Name { get; init; }

    /// <summary>The job that made it.</summary>
    public JobId JobId { get; init; }

    /// <summary>How its bundles are laid out.</summary>
    public PlacementStrategy Strategy { get; init; }

    /// <summary>How it is.</summary>
    public PlacementGroupState State { get; init; }

    /// <summary>What each bundle reserves.</summary>
    public IReadOnlyList<Bundle> Bundles { get; init; } = [];

    /// <summary>The node of each bundle, in order; none for bundles without a place.</summary>
    public IReadOnlyList<NodeId> BundleNodes { get; init; } = [];
}
