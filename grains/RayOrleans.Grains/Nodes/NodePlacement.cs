namespace RayOrleans.Grains;

/// <summary>Places a grain on the silo that its key names. The key says where it is, so no grain directory needs to.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.NodePlacement")]
internal sealed class NodePlacement : Orleans.Runtime.PlacementStrategy
{
    public override bool IsUsingGrainDirectory => false;
}
