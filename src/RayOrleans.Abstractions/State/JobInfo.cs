namespace RayOrleans;

/// <summary>A job, as it was when asked.</summary>
public sealed record JobInfo
{
    /// <summary>The job's id.</summary>
    public JobId JobId { get; init; }

    /// <summary>Its entry point: the name of the program's assembly; empty while that is not known.</summary>
    public string Name { get; init; } = "";

    /// <summary>The node of its driver.</summary>
    public NodeId DriverNodeId { get; init; }

    /// <summary>How it is.</summary>
    public JobStatus Status { get; init; }

    /// <summary>Why it ended, as a clause; null while it runs.</summary>
    public string? EndReason { get; init; }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Where its driver runs.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Whether its driver is still there.</summary>
    public bool IsRunning { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>
    /// What the node that was asked keeps of the job's finished tasks, to make results again that are lost, in bytes: up to <see cref="RayOptions.MaxLineageBytes"/>.
    /// Every node keeps it of the tasks that were submitted there; a node that is alone keeps nothing.
    /// </summary>
    public long LineageBytes { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
