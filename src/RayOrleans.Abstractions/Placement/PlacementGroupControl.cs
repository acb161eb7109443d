namespace RayOrleans;

/// <summary>A runtime's side of <see cref="PlacementGroup"/>.</summary>
internal abstract class PlacementGroupControl
{
    /// <summary>Completes when every bundle is reserved.</summary>
    public abstract ValueTask ReadyAsync(PlacementGroupId id, TimeSpan? timeout, CancellationToken cancellationToken);

    /// <summary>Removes the group.</summary>
    public abstract ValueTask RemoveAsync(PlacementGroupId id, CancellationToken cancellationToken);
}
