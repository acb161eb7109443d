namespace RayOrleans.Core;

/// <summary>
/// To the object table, from an owner: this task (or put) and its objects, before the first reference to one of them leaves the node
/// (output commit). Repeating it changes nothing.
/// </summary>
/// <param name="Task">The task's id, or the id drawn for a put.</param>
/// <param name="Spec">What makes it again; null for a put.</param>
/// <param name="Epoch">How often the record has changed hands.</param>
/// <param name="FirstAttempt">The number of the first attempt that the next owner may use, at least.</param>
/// <param name="Objects">Its objects.</param>
/// <param name="Actor">Where the actor stands, when it creates one.</param>
public sealed record PublishMessage(TaskId Task, TaskSpec? Spec, int Epoch, int FirstAttempt, IReadOnlyList<ObjectReport> Objects, ActorReport? Actor) : Message
{
    /// <summary>How many of its attempts were not charged as retries.</summary>
    public int Uncharged { get; init; }

    /// <summary>Whether what makes it again was given up because its job kept too much.</summary>
    public bool IsEvicted { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 160 + (Spec?.Bytes ?? 0) + Objects.Sum(o => o.Bytes);
}

/// <summary>To the object table: how much of an object the sending node wants kept.</summary>
/// <param name="Ref">The object.</param>
/// <param name="Level">The level.</param>
public sealed record HoldMessage(RemoteRef Ref, HoldLevel Level) : Message;

/// <summary>To the object table: an object's state, from its owner, or from a node that has a copy.</summary>
/// <param name="Report">The state.</param>
public sealed record ObjectMessage(ObjectReport Report) : Message
{
    /// <inheritdoc/>
    public override int Bytes => Report.Bytes;
}

/// <summary>To the object table: the sender's copy is gone.</summary>
/// <param name="Id">The object.</param>
/// <param name="Version">The version that is gone.</param>
public sealed record UnlocatedMessage(ObjectId Id, int Version) : Message;

/// <summary>To the object table: tell me where the object is, now and whenever that changes.</summary>
/// <param name="Ref">The object.</param>
/// <param name="IsOn">False: no longer.</param>
public sealed record SubscribeMessage(RemoteRef Ref, bool IsOn) : Message;

/// <summary>
/// To the object table: the sender has the reference from a name, which holds nothing. It holds and follows the object from here on if the table knows its
/// record; else it is told that the object is gone.
/// </summary>
/// <param name="Ref">The object.</param>
public sealed record FindMessage(RemoteRef Ref) : Message;

/// <summary>To the object table, to be passed to the owner: a wish of somebody who holds a reference.</summary>
/// <param name="Ref">The object.</param>
/// <param name="Wish">The wish.</param>
/// <param name="Flag">For a cancellation: recursive; for a kill: may restart.</param>
public sealed record WishMessage(RemoteRef Ref, OwnerWish Wish, bool Flag) : Message;

/// <summary>
/// From the node of an actor whose manager died to the object table, which passes it to the actor's new manager: it is told who that is, or
/// that the actor ends, because nobody manages it. Asked again until it is.
/// </summary>
/// <param name="Ref">The task that created it.</param>
/// <param name="Host">The node that asks.</param>
/// <param name="Incarnation">The incarnation that lives there.</param>
public sealed record OrphanMessage(RemoteRef Ref, NodeId Host, int Incarnation) : Message;

/// <summary>To the object table, from the owner of an actor's record: where the actor stands.</summary>
/// <param name="Task">The task that creates it.</param>
/// <param name="Report">The state.</param>
public sealed record ActorMessage(TaskId Task, ActorReport Report) : Message;

/// <summary>To the object table: the node asked to take a record over does not know it any more.</summary>
/// <param name="Task">The task.</param>
/// <param name="Epoch">The epoch of the request.</param>
public sealed record DisownMessage(TaskId Task, int Epoch) : Message;

/// <summary>
/// The end of what a node tells a shard that has started anew. From a shard: it has, and waits for that; a node with nothing to say would
/// not hear of it otherwise.
/// </summary>
public sealed record RepublishedMessage : Message;

/// <summary>
/// From a shard: that node is dead. From a node: it knows, takes nothing from that node any more, and has told what follows from all that it took before.
/// </summary>
/// <param name="Node">The dead node.</param>
public sealed record DeathMessage(NodeId Node) : Message;

/// <summary>From the object table to a subscriber: where an object is.</summary>
/// <param name="Report">Its state.</param>
/// <param name="Locations">The nodes that have a copy.</param>
/// <param name="Owner">The node that keeps its record.</param>
/// <param name="Actor">Where the actor stands, for a handle.</param>
public sealed record StateMessage(ObjectReport Report, IReadOnlyList<NodeId> Locations, NodeId Owner, ActorReport? Actor) : Message
{
    /// <inheritdoc/>
    public override int Bytes => Report.Bytes + 16 * Locations.Count;
}

/// <summary>
/// From the object table to a node that it has chosen: keep a copy of a replicated object that is not evicted. The answer is an <see cref="ObjectMessage"/> that
/// says so, or an <see cref="UnlocatedMessage"/>. Repeating it changes nothing.
/// </summary>
/// <param name="Report">Its state.</param>
/// <param name="Locations">The nodes that have a copy.</param>
/// <param name="Owner">The node that keeps its record.</param>
public sealed record KeepMessage(ObjectReport Report, IReadOnlyList<NodeId> Locations, NodeId Owner) : Message
{
    /// <inheritdoc/>
    public override int Bytes => Report.Bytes + 16 * Locations.Count;
}

/// <summary>From the object table to a node with a copy: nobody wants the value any more.</summary>
/// <param name="Id">The object.</param>
public sealed record DeleteMessage(ObjectId Id) : Message;

/// <summary>From the object table to the owner: nobody wants the task's objects or their lineage any more.</summary>
/// <param name="Task">The task.</param>
public sealed record ForgetMessage(TaskId Task) : Message;

/// <summary>From the object table to the owner: the object is held and its last copy is gone.</summary>
/// <param name="Id">The object.</param>
/// <param name="Version">The version that is gone: an owner that has a later one makes nothing.</param>
public sealed record RebuildMessage(ObjectId Id, int Version) : Message;

/// <summary>
/// From the object table to a node that holds one of its objects, or to any where the record is a detached actor's: the owner died, the record is yours now.
/// </summary>
/// <param name="Task">The task, or the id drawn for a put.</param>
/// <param name="Spec">The task; null for a put, or where it never reached the table.</param>
/// <param name="Epoch">How often it has changed hands, this time included.</param>
/// <param name="FirstAttempt">The number of the first attempt of this owner.</param>
/// <param name="Objects">What the table knows of its objects.</param>
/// <param name="Actor">Where the actor stands.</param>
public sealed record AdoptMessage(TaskId Task, TaskSpec? Spec, int Epoch, int FirstAttempt, IReadOnlyList<ObjectReport> Objects, ActorReport? Actor) : Message
{
    /// <summary>How many of its attempts were not charged as retries.</summary>
    public int Uncharged { get; init; }

    /// <summary>Whether what makes it again was given up because its job kept too much.</summary>
    public bool IsEvicted { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 160 + (Spec?.Bytes ?? 0) + Objects.Sum(o => o.Bytes);
}
