namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What one simulation of a cluster is told.</summary>
public sealed record ClusterSimOptions
{
    /// <summary>Decides everything.</summary>
    public required long Seed { get; init; }

    /// <summary>What goes wrong.</summary>
    public required FaultProfile Profile { get; init; }

    /// <summary>How many tasks user code may submit; 0: the seed decides.</summary>
    public int TaskBudget { get; init; }

    /// <summary>Whether code makes and calls actors.</summary>
    public bool WithActors { get; init; }

    /// <summary>Whether code makes and reads streams.</summary>
    public bool WithStreams { get; init; }

    /// <summary>How much each node keeps of a job's finished tasks; null: what they like, or what the seed says.</summary>
    public long? LineageBytes { get; init; }

    /// <summary>How many of the last events a failure prints.</summary>
    public int TraceLength { get; init; } = 200;
}
