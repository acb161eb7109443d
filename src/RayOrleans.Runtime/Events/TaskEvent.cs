using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>One compact record of a finished attempt.</summary>
internal struct TaskEvent
{
    public TaskId TaskId;
    public TaskId ParentId;
    public JobId JobId;
    public ActorId ActorId;
    public string? Name;
    public TaskOptions Options;
    public int Attempt;
    public int Worker;
    public Core.TaskKind Kind;
    public Core.TaskState State;
    public long SubmittedAt;
    public long StartedAt;
    public long EndedAt;
    public Failure? Failure;
}
