namespace RayOrleans.Core;

/// <summary>What the runtime must carry out after the engine's lock is released.</summary>
public enum EffectKind : byte
{
    /// <summary>Call <see cref="Watcher.Fire"/>.</summary>
    Fire,

    /// <summary>Give a value's storage back.</summary>
    Discard,

    /// <summary>Tell a running attempt that it was cancelled or superseded.</summary>
    CancelAttempt,

    /// <summary>Dispose of an actor's instance: it died, or its incarnation ended.</summary>
    StopActor,

    /// <summary>A task failed or was cancelled, with its failure.</summary>
    TaskEnded,

    /// <summary>An actor's state changed.</summary>
    ActorChanged,

    /// <summary>A task can never be scheduled on this node.</summary>
    Unschedulable,

    /// <summary>The first finished task of a job was given up, because more is kept of them than may be.</summary>
    LineageEvicted,

    /// <summary>A job has ended: what was kept for it goes. Only on a node among others.</summary>
    JobEnded,

    /// <summary>The job table has it that a job of this node's driver has ended.</summary>
    JobRecorded,

    /// <summary>The shard at the other end of a link has started anew: what it kept in memory only is gone. Only on a node among others.</summary>
    ShardRestarted,

    /// <summary>A link has something to take: drain it.</summary>
    LinkReady,

    /// <summary>Ask a global scheduler where a task should run.</summary>
    Place,

    /// <summary>Pull an object from a node that has it.</summary>
    Fetch,

    /// <summary>An object that is being pulled is wanted for a more pressing reason than it was.</summary>
    FetchSooner,

    /// <summary>A copy that was pulled is evicted no more: the value is the effect's extra.</summary>
    Keep,

    /// <summary>A session has messages to take: send them. Of a process, or of a node to one of its processes.</summary>
    SessionReady,

    /// <summary>An actor that lives in another process of this node was killed: it goes from there, and is not disposed of.</summary>
    KillInstance,
}
