namespace RayOrleans;

/// <summary>What a node was doing when it was asked.</summary>
public sealed record LocalNodeStatus
{
    /// <summary>The node.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>Whether it still serves; false once it was shut down.</summary>
    public required bool IsAlive { get; init; }

    /// <summary>What it has, by resource name.</summary>
    public required IReadOnlyDictionary<string, double> Resources { get; init; }

    /// <summary>What is free, by resource name.</summary>
    public required IReadOnlyDictionary<string, double> AvailableResources { get; init; }

    /// <summary>Tasks whose inputs are there and that wait for resources.</summary>
    public required int ReadyTasks { get; init; }

    /// <summary>Attempts of tasks and actor calls that have started and not ended; those that wait for objects are among them.</summary>
    public required int RunningTasks { get; init; }

    /// <summary>Objects that are held or unfinished.</summary>
    public required int LiveObjects { get; init; }

    /// <summary>The size of its object store, in bytes.</summary>
    public required long ObjectStoreBytes { get; init; }

    /// <summary>How much of its object store is used, in bytes.</summary>
    public required long ObjectStoreUsedBytes { get; init; }
}
