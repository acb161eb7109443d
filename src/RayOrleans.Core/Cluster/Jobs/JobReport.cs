namespace RayOrleans.Core;

/// <summary>What is known of a job. Only its driver's node and the job table say how it is; what others say of it is that they have met it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Driver">The node of its driver, and so its incarnation.</param>
/// <param name="Status">How it is.</param>
public sealed record JobReport(JobId Job, NodeId Driver, JobStatus Status)
{
    /// <summary>Its namespace for actors' names.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The name for people: its entry point.</summary>
    public string Name { get; init; } = "";

    /// <summary>The driver's program and process, for people.</summary>
    public string Program { get; init; } = "";

    /// <summary>When it started, in the caller's ticks; 0: not known.</summary>
    public long StartedAt { get; init; }

    /// <summary>When it ended, by the table's time; 0: it goes on, or that is not known.</summary>
    public long EndedAt { get; init; }

    /// <summary>Why it ended, as a clause.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it has ended, for good.</summary>
    public bool IsEnded => Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Stopped;

    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Bytes => 96 + (2 * (Namespace.Length + Name.Length + Program.Length + (Reason?.Length ?? 0)));
}
