using Orleans.Placement;

namespace RayOrleans.Grains;

/// <summary>The grain is placed bottom-up.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ActorPlacementAttribute() : PlacementAttribute(new ActorPlacement());
