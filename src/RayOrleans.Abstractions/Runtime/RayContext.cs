namespace RayOrleans;

/// <summary>Where code runs: its job, task, actor and node. A snapshot; read <c>Ray.Context</c> again after an await of another task's context.</summary>
public sealed record RayContext
{
    /// <summary>The job of the driver that started it all.</summary>
    public JobId JobId { get; init; }

    /// <summary>The running task; in a driver the root that its tasks are children of.</summary>
    public TaskId TaskId { get; init; }

    /// <summary>The actor whose method runs; none outside of actors.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The node.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The worker: a thread group or process of the node.</summary>
    public WorkerId WorkerId { get; init; }

    /// <summary>Which attempt of the task this is, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>The task's name, as in listings; empty in a driver.</summary>
    public string TaskName { get; init; } = "";

    /// <summary>The namespace of named actors here.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>What was granted to the task or actor, by resource name.</summary>
    public IReadOnlyDictionary<string, double> AssignedResources { get; init; } = OptionMap<double>.Empty;

    /// <summary>The indexes of the GPUs that were granted.</summary>
    public IReadOnlyList<int> GpuIds { get; init; } = [];

    /// <summary>Cancelled when the task is cancelled.</summary>
    public CancellationToken CancellationToken { get; init; }
}
