namespace RayOrleans.Core.Simulation;

/// <summary>What one simulation is told.</summary>
public sealed record SimOptions
{
    /// <summary>Decides everything.</summary>
    public required long Seed { get; init; }

    /// <summary>How many tasks user code may submit; 0: the seed decides.</summary>
    public int TaskBudget { get; init; }

    /// <summary>How many of the last events a failure prints.</summary>
    public int TraceLength { get; init; } = 120;
}
