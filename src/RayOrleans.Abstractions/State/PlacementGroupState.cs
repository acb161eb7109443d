namespace RayOrleans;

/// <summary>How a placement group is.</summary>
public enum PlacementGroupState
{
    /// <summary>Waits for resources.</summary>
    Pending,

    /// <summary>Every bundle is reserved.</summary>
    Created,

    /// <summary>Bundles of a dead node are being placed anew.</summary>
    Rescheduling,

    /// <summary>Removed.</summary>
    Removed,
}
