namespace RayOrleans.Core;

/// <summary>Why there is no value.</summary>
public enum FailureKind : byte
{
    /// <summary>The user's function threw.</summary>
    UserError,

    /// <summary>The task was cancelled.</summary>
    Cancelled,

    /// <summary>The worker process that ran it died.</summary>
    WorkerCrashed,

    /// <summary>The node that ran it died.</summary>
    NodeDied,

    /// <summary>Every copy is gone and nothing can rebuild it.</summary>
    ObjectLost,

    /// <summary>The user freed the object.</summary>
    ObjectFreed,

    /// <summary>Rebuilding was tried or ruled out.</summary>
    ReconstructionFailed,

    /// <summary>The actor is dead for good.</summary>
    ActorDied,

    /// <summary>The actor was restarting and the call may not be retried.</summary>
    ActorUnavailable,

    /// <summary>No node could ever satisfy the request, and the caller asked to be told.</summary>
    Unschedulable,

    /// <summary>The store had no room for the result.</summary>
    StoreFull,

    /// <summary>The result cannot be serialised.</summary>
    Serialization,

    /// <summary>The placement group it ran in was removed.</summary>
    PlacementGroupRemoved,

    /// <summary>The runtime was shut down.</summary>
    Shutdown,

    /// <summary>The node's memory ran out, and the worker process that ran it was stopped.</summary>
    NodeOutOfMemory,

    /// <summary>The environment of the process that was to run it could not be made.</summary>
    RuntimeEnv,
}
