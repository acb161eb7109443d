namespace RayOrleans;

/// <summary>One attempt of a task, as it was when asked.</summary>
public sealed record TaskInfo
{
    /// <summary>The task's id.</summary>
    public TaskId TaskId { get; init; }

    /// <summary>The attempt, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>The task that submitted it.</summary>
    public TaskId ParentTaskId { get; init; }

    /// <summary>Its job.</summary>
    public JobId JobId { get; init; }

    /// <summary>The actor it belongs to; none for a plain task.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The node it runs or ran on; none before that.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The worker it runs or ran in; none before that.</summary>
    public WorkerId WorkerId { get; init; }

    /// <summary>The function, or the name from the options.</summary>
    public string Name { get; init; } = "";

    /// <summary>What kind of task it is.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>How far it is.</summary>
    public TaskState State { get; init; }

    /// <summary>Whether it is not wanted any more (cancelled, or its actor was killed) and its code has not returned: what it was granted is taken until then.</summary>
    public bool IsAbandoned { get; init; }

    /// <summary>What it asks for, by resource name.</summary>
    public IReadOnlyDictionary<string, double> RequiredResources { get; init; } = OptionMap<double>.Empty;

    /// <summary>When it entered each state it has been in.</summary>
    public IReadOnlyDictionary<TaskState, DateTimeOffset> StateTimes { get; init; } = System.Collections.Frozen.FrozenDictionary<TaskState, DateTimeOffset>.Empty;

    /// <summary>The name of the exception's type, or the system's reason, where it failed; <c>Unschedulable</c> where it waits for a node that there is not.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The error's message, where it failed or no node could ever run it.</summary>
    public string? ErrorMessage { get; init; }
}
