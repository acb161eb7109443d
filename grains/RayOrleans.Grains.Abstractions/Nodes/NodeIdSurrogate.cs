namespace RayOrleans.Grains;

/// <summary>The form of a <see cref="NodeId"/> in Orleans messages.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.NodeId")]
public struct NodeIdSurrogate
{
    /// <summary>The upper 64 bits.</summary>
    [Id(0)]
    public ulong Upper;

    /// <summary>The lower 64 bits.</summary>
    [Id(1)]
    public ulong Lower;
}
