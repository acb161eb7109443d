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
}
