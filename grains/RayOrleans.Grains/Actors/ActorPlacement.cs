namespace RayOrleans.Grains;

/// <summary>Bottom-up: the local scheduler of the silo that makes the first call places the actor there if it would, a global scheduler elsewhere.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.ActorPlacement")]
internal sealed class ActorPlacement : Orleans.Runtime.PlacementStrategy;
