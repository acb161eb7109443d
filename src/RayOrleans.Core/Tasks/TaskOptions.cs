namespace RayOrleans.Core;

/// <summary>What the engine must know of a task's options; one instance is shared by all tasks with the same options.</summary>
public record TaskOptions
{
    /// <summary>The defaults of API.md.</summary>
    public static TaskOptions Default { get; } = new();

    /// <summary>What an attempt needs while it runs.</summary>
    public ResourceShape Shape { get; init; } = ResourceShape.OneCpu;

    /// <summary>The reservation that attempts draw on; null: the node's resources.</summary>
    public ResourceLedger? Reservation { get; init; }

    /// <summary>How often a failed attempt is repeated; -1 without bound.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>The node it must run on, or should; none: any.</summary>
    public NodeId Affinity { get; init; }

    /// <summary>Whether another node will do when <see cref="Affinity"/> is not there.</summary>
    public bool IsSoftAffinity { get; init; }

    /// <summary>Whether it goes where least is queued, wherever its inputs are.</summary>
    public bool Spread { get; init; }

    /// <summary>The labels that its node must have: key and selector.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Which process of its node runs it.</summary>
    public ProcessKind Process { get; init; }

    /// <summary>Whether it asked for the job's process, and has one of its own because it may not be repeated, or may have ended one.</summary>
    public bool IsAlone { get; init; }

    /// <summary>The process that it asked for; what it submits asks for the same, unless it says otherwise.</summary>
    public ProcessKind AskedProcess => IsAlone ? ProcessKind.Job : Process;

    /// <summary>What the process that runs it finds around it; null: what its node does.</summary>
    public ProcessEnvironment? Environment { get; init; }

    /// <summary>Fail at once when no node could ever satisfy <see cref="Shape"/>, instead of waiting for one.</summary>
    public bool FailIfUnschedulable { get; init; }
}
