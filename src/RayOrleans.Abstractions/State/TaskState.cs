namespace RayOrleans;

/// <summary>How far a task is.</summary>
public enum TaskState
{
    /// <summary>Submitted, not yet looked at.</summary>
    Submitted,

    /// <summary>Waits for arguments.</summary>
    WaitingForArguments,

    /// <summary>Has its arguments and waits for resources or for its turn.</summary>
    WaitingForResources,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Ended with a value.</summary>
    Succeeded,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Was cancelled.</summary>
    Cancelled,
}
