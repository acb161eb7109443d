namespace RayOrleans;

/// <summary>See <see cref="SchedulingStrategy.PlacementGroup"/>.</summary>
/// <param name="PlacementGroupId">The group.</param>
/// <param name="Bundle">The position of the bundle, from 0; -1 for any.</param>
public sealed record PlacementGroupStrategy(PlacementGroupId PlacementGroupId, int Bundle = -1) : SchedulingStrategy;
