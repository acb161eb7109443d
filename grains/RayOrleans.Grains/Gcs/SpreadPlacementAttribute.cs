using Orleans.Placement;

namespace RayOrleans.Grains;

/// <summary>The grain lives on the silo that its key selects.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SpreadPlacementAttribute() : PlacementAttribute(new SpreadPlacement());
