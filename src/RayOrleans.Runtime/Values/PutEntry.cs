using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>What an attempt put: known to be its own, should its result refer to it.</summary>
internal sealed class PutEntry(TaskId id, TaskId by, int attempt) : ObjectEntry(id, ObjectId.PutIndex)
{
    /// <summary>Whether two nodes keep it: it outlives its node by itself.</summary>
    public bool IsReplicated { get; init; }

    public bool IsOf(Attempt other) => other.Number == attempt && other.Task.TaskId == by;
}
