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

    /// <summary>A global scheduler was asked where it should run.</summary>
    Placing,

    /// <summary>Sent to another node, which runs it.</summary>
    Forwarded,

    /// <summary>Another node owns it; here only its results are known.</summary>
    Elsewhere,

    /// <summary>An attempt's result was accepted.</summary>
    Succeeded,

    /// <summary>It failed for good.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
