namespace RayOrleans.Core;

/// <summary>A task that its local scheduler does not keep, as a global scheduler must know it.</summary>
/// <param name="Task">The task.</param>
/// <param name="From">The node that asks.</param>
/// <param name="Shape">What an attempt needs.</param>
/// <param name="Spread">Whether it goes where least is queued, whatever its inputs.</param>
/// <param name="Labels">The labels that the node must have: key and selector.</param>
/// <param name="Inputs">The objects it needs, whose locations and sizes the object table knows.</param>
/// <param name="Excluded">A node that refused it; none.</param>
public sealed record PlacementRequest(
    TaskId Task, NodeId From, ResourceShape Shape, bool Spread, IReadOnlyDictionary<string, string>? Labels, IReadOnlyList<ObjectId> Inputs, NodeId Excluded)
{
    /// <summary>Bytes of inputs that lie in the asking node's store; the table may not know of all of them yet.</summary>
    public long LocalBytes { get; init; }

    /// <summary>Bytes of all inputs that need room in the store of the node that runs it.</summary>
    public long InputBytes { get; init; }

    /// <summary>The incarnation of the actor that is to be placed; -1 for a task. Not for schedulers.</summary>
    public int Incarnation { get; init; } = -1;

    /// <summary>The node that the actor must live on; none: any. Not for schedulers.</summary>
    public NodeId Fixed { get; init; }
}
