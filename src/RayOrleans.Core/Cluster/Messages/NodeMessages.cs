namespace RayOrleans.Core;

/// <summary>The node does not run the task: it has no room, or the actor is not here. The recoverer places it anew.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="IsMoved">For a call: the actor's incarnation that was called is not here (any more).</param>
public sealed record RefusedMessage(TaskId Task, int Attempt, bool IsMoved) : Message;

/// <summary>The attempt is not wanted any more.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Recursive">Whether what it submitted is cancelled as well.</param>
/// <param name="IsForced">Whether the process that runs it and nothing else is ended.</param>
public sealed record CancelMessage(TaskId Task, int Attempt, bool Recursive, bool IsForced = false) : Message;

/// <summary>
/// From a task's owner to the node that runs it: a blocked attempt waits for it, so it may start even where only such tasks may, at the
/// bound of threads. Without it nodes whose threads are all blocked on each other's queued tasks would wait for ever.
/// </summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record WantedMessage(TaskId Task, int Attempt) : Message;

/// <summary>The receiver of results has its holds recorded: the sender may let go.</summary>
/// <param name="Transit">The number the sender gave.</param>
public sealed record TransitDoneMessage(long Transit) : Message;

/// <summary>A job has ended.</summary>
/// <param name="Job">The job.</param>
/// <param name="Why">The reason, for those who still wait.</param>
public sealed record JobEndedMessage(JobId Job, string Why) : Message;

/// <summary>From an actor's manager to its node: the incarnation ends.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Dispose">Whether the instance is disposed of.</param>
/// <param name="IsFinal">Whether the actor is gone for good; otherwise another incarnation follows.</param>
/// <param name="Why">The reason.</param>
public sealed record StopActorMessage(ActorId Actor, int Incarnation, bool Dispose, bool IsFinal, string Why) : Message;

/// <summary>From an actor's node to its manager: the actor ended by itself, or the process that it lived in did.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Why">The reason.</param>
/// <param name="Blame">None: it ended by itself. Else its process has ended, and it may start again.</param>
public sealed record ActorEndedMessage(ActorId Actor, int Incarnation, string Why, Blame Blame = Blame.None) : Message;

/// <summary>To an actor's node: who manages it now.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Incarnation">The incarnation that the manager knows.</param>
public sealed record ActorManagerMessage(ActorId Actor, int Incarnation) : Message;

/// <summary>
/// From a task's owner to the node that ran an attempt: the outcome was refused. From the object table to a node with a copy: another version
/// counts. This version of the object is not wanted.
/// </summary>
/// <param name="Id">The object.</param>
/// <param name="Version">The attempt that made it.</param>
public sealed record DiscardMessage(ObjectId Id, int Version) : Message;
