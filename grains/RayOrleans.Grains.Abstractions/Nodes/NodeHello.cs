namespace RayOrleans.Grains;

/// <summary>What a node says of itself when another silo asks who it is.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.NodeHello")]
public sealed record NodeHello
{
    /// <summary>The node.</summary>
    [Id(0)]
    public required NodeId NodeId { get; init; }

    /// <summary>The protocol it speaks.</summary>
    [Id(1)]
    public required int ProtocolVersion { get; init; }

    /// <summary>The address that its objects can be pulled from, as <c>address:port</c>; null when there is none.</summary>
    [Id(2)]
    public string? DataEndPoint { get; init; }

    /// <summary>Whether its silo takes shards and schedulers: not one inside a driver's program, which may end at any time.</summary>
    [Id(3)]
    public bool HostsControl { get; init; }
}
