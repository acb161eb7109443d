namespace RayOrleans.Core;

/// <summary>How a process has ended.</summary>
/// <param name="Why">As a clause: "it was ended by signal 9".</param>
public sealed record SessionEnd(string Why)
{
    /// <summary>Whether something that ran in it ended it: an exit, an abort, a fault. Else it was ended from outside.</summary>
    public bool IsOwnDoing { get; init; }

    /// <summary>The task whose code ended it, where the process has said so; else none.</summary>
    public TaskId Culprit { get; init; }

    /// <summary>The attempt of that task.</summary>
    public int CulpritAttempt { get; init; }

    /// <summary>Where its node has stopped it because memory ran out: the cause of its work's failures, in the runtime's form. Else null.</summary>
    public object? OutOfMemory { get; init; }

    /// <summary>Where it was never started because its environment could not be made: the cause of its work's failures, in the runtime's form. Else null.</summary>
    public object? NoEnvironment { get; init; }

    /// <summary>Where memory ran out, and it ran one task: whether that task's caller has others in other processes of the node.</summary>
    public bool HasSiblings { get; init; }
}
