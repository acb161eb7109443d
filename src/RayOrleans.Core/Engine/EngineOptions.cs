namespace RayOrleans.Core;

/// <summary>What the engine is told once.</summary>
public sealed record EngineOptions
{
    /// <summary>The node's resources.</summary>
    public required ResourceShape Resources { get; init; }

    /// <summary>Keep what is needed to run finished tasks again while their results, or results made from them, are held. Off where no copy can be lost.</summary>
    public bool RetainLineage { get; init; }

    /// <summary>The most that is kept of a job's finished tasks on this node to run them again, in bytes; the oldest go first.</summary>
    public long LineageBytes { get; init; } = 1L << 30;

    /// <summary>The first back-off after a system failure, in the runtime's ticks; doubles per retry up to 64 times, less up to a half by chance. 0: retry at once.</summary>
    public long FirstBackOff { get; init; }

    /// <summary>What the chance in back-offs follows from; different on each node.</summary>
    public ulong BackOffSeed { get; init; }

    /// <summary>The most items of a stream that are made ahead of a reader in a process of this node.</summary>
    public int StreamWindow { get; init; } = int.MaxValue;

    /// <summary>What it must know to be one of several nodes; null: it is alone.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Whether this is the engine of a process that is attached to a node (<see cref="ProcessMachine"/>): it decides nothing by itself.</summary>
    public bool IsProcess { get; init; }

    /// <summary>Makes the runtime's value of a tuple from its parts.</summary>
    public Func<ObjectEntry[], object> MakeTuple { get; init; } = static parts => parts;
}
