namespace RayOrleans.Grains;

/// <summary>What a node was doing when its local scheduler was asked.</summary>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.LocalSchedulerStatus")]
public sealed record LocalSchedulerStatus
{
    /// <summary>The node.</summary>
    [Id(0)]
    public required NodeId NodeId { get; init; }

    /// <summary>What it has, by resource name.</summary>
    [Id(1)]
    public required IReadOnlyDictionary<string, double> Resources { get; init; }

    /// <summary>What is free, by resource name.</summary>
    [Id(2)]
    public required IReadOnlyDictionary<string, double> AvailableResources { get; init; }

    /// <summary>Tasks whose inputs are there and that wait for resources.</summary>
    [Id(3)]
    public required int ReadyTasks { get; init; }

    /// <summary>Attempts of tasks and actor calls that have started and not ended.</summary>
    [Id(4)]
    public required int RunningTasks { get; init; }

    /// <summary>Objects that are held or unfinished.</summary>
    [Id(5)]
    public required int LiveObjects { get; init; }

    /// <summary>The size of its object store, in bytes.</summary>
    [Id(6)]
    public required long ObjectStoreBytes { get; init; }

    /// <summary>How much of its object store is used, in bytes.</summary>
    [Id(7)]
    public required long ObjectStoreUsedBytes { get; init; }

    /// <summary>How many nodes it knows to be in its cluster, itself included.</summary>
    [Id(8)]
    public int Members { get; init; }
}
