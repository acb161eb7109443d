namespace RayOrleans;

/// <summary>How the bundles of a placement group are laid out over the nodes.</summary>
public enum PlacementStrategy
{
    /// <summary>On as few nodes as possible.</summary>
    Pack,

    /// <summary>On as many nodes as possible.</summary>
    Spread,

    /// <summary>All on one node, or the group waits.</summary>
    StrictPack,

    /// <summary>Each on a node of its own, or the group waits.</summary>
    StrictSpread,
}
