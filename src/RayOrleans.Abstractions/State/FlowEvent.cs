namespace RayOrleans;

/// <summary>One step that a node took for a task or an object that crosses nodes.</summary>
public sealed record FlowEvent
{
    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The node that took the step.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The step.</summary>
    public FlowStep Step { get; init; }

    /// <summary>The task, or the task (or put) that the object belongs to.</summary>
    public TaskId TaskId { get; init; }

    /// <summary>The object, for steps of objects.</summary>
    public ObjectId? ObjectId { get; init; }

    /// <summary>The function's name, where it is known.</summary>
    public string Name { get; init; } = "";

    /// <summary>The other node of the step: chosen, told or copied from.</summary>
    public NodeId Peer { get; init; }

    /// <summary>The object's size in bytes, where it is known.</summary>
    public long Bytes { get; init; }
}
