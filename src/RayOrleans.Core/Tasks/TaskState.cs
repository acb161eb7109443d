namespace RayOrleans.Core;

/// <summary>The states of a task (PROTOCOL, "Owner, recoverer, acceptance"). The last three are terminal.</summary>
public enum TaskState : byte
{
    /// <summary>Some input has not settled, or the retry's back-off has not passed.</summary>
    Waiting,

    /// <summary>Queued for resources, or in its actor's mailbox.</summary>
    Ready,

    /// <summary>An attempt runs.</summary>
    Running,

    /// <summary>An attempt's result was accepted.</summary>
    Succeeded,

    /// <summary>It failed for good.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
