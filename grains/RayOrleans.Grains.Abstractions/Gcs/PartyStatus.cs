namespace RayOrleans.Grains;

/// <summary>Where a shard or a scheduler lives.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.PartyStatus")]
public sealed record PartyStatus
{
    /// <summary>The node on whose silo it is.</summary>
    [Id(0)]
    public required NodeId NodeId { get; init; }

    /// <summary>The epoch of this activation; 0 where there are none.</summary>
    [Id(1)]
    public required long Epoch { get; init; }

    /// <summary>Batches taken since it was activated.</summary>
    [Id(2)]
    public required long Batches { get; init; }

    /// <summary>How many members it knows to be there.</summary>
    [Id(3)]
    public required int Members { get; init; }
}
