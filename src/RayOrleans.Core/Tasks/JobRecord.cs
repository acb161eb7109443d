namespace RayOrleans.Core;

/// <summary>A driver's work: the root that its own submissions hang from.</summary>
public sealed class JobRecord
{
    private string? _ownNamespace;
    private long _children;

    /// <summary>Makes a job.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="root">The id that stands for the driver as a parent.</param>
    public JobRecord(JobId id, TaskId root)
    {
        Id = id;
        Root = root;
        Report = new JobReport(id, NodeId.None, JobStatus.Running);
    }

    /// <summary>The job's id.</summary>
    public JobId Id { get; }

    /// <summary>The id that stands for the driver as a parent of tasks.</summary>
    public TaskId Root { get; }

    /// <summary>The node of its driver; none where there is only one node.</summary>
    public NodeId Driver { get; init; }

    /// <summary>Its namespace for actors' names, as its driver chose it; null: the one that follows from its id.</summary>
    public string? GivenNamespace { get; set; }

    /// <summary>Its namespace for actors' names.</summary>
    public string Namespace => GivenNamespace ?? (_ownNamespace ??= NamespaceOf(Id));

    /// <summary>The namespace of a job whose driver chose none.</summary>
    public static string NamespaceOf(JobId id) => $"job-{id}";

    /// <summary>What the job table is told of it, or has said.</summary>
    public JobReport Report { get; set; }

    /// <summary>Whether the job table was told of it.</summary>
    public bool IsAnnounced { get; internal set; }

    /// <summary>Whether the driver has submitted or put anything.</summary>
    public bool HasChildren => Interlocked.Read(ref _children) > 0;

    /// <summary>Tasks that have not ended.</summary>
    public long Unfinished { get; internal set; }

    /// <summary>What this node keeps of finished tasks, to run them again, in bytes.</summary>
    public long LineageBytes => Lineage.Bytes;

    /// <summary>How many finished tasks of it this node has given up, because it kept too much of them.</summary>
    public long LineageEvictions => Lineage.Evictions;

    /// <summary>Finished tasks that this node owns and may have to run again.</summary>
    internal Lineage Lineage { get; } = new();

    /// <summary>Whether it has ended: nothing more is accepted.</summary>
    public bool IsEnded => EndedBecause is not null;

    /// <summary>Why it has ended; null: it goes on.</summary>
    public string? EndedBecause { get; internal set; }

    /// <summary>The id for the next task or put of the driver. Thread-safe, needs no lock.</summary>
    public TaskId NextChildId() => Root.Child(0, Interlocked.Increment(ref _children));
}
