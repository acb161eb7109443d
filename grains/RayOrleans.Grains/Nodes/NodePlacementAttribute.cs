using Orleans.Placement;

namespace RayOrleans.Grains;

/// <summary>The grain lives on the silo that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NodePlacementAttribute() : PlacementAttribute(new NodePlacement());
