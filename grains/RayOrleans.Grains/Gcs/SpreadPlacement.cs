namespace RayOrleans.Grains;

/// <summary>Spreads grains with integer keys evenly over the silos that take shards and schedulers.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.SpreadPlacement")]
internal sealed class SpreadPlacement : Orleans.Runtime.PlacementStrategy;
