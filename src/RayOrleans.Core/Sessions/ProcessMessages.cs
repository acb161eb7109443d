namespace RayOrleans.Core;

/// <summary>A task, an actor's construction or an actor's call: from a process to its node, which owns it from then on.</summary>
/// <param name="Spec">The task. Its inputs name objects that the process knows.</param>
/// <param name="ParentAttempt">The attempt of <see cref="TaskSpec.Parent"/> that submitted it.</param>
public sealed record SubmitMessage(TaskSpec Spec, int ParentAttempt) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 160 + Spec.Bytes;
}

/// <summary>A value that a process has put.</summary>
/// <param name="Id">The object.</param>
/// <param name="Value">The value, and what it refers to.</param>
public sealed record PutMessage(ObjectId Id, ProcessValue Value) : SessionMessage
{
    /// <summary>Whether a second node is to keep a copy; the process asks separately when one does.</summary>
    public bool IsReplicated { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 64 + Value.Bytes;
}

/// <summary>The process waits for an object: it is told once, by <see cref="SettledMessage"/> or <see cref="ExistsMessage"/>.</summary>
/// <param name="Id">The object.</param>
/// <param name="ExistsOnly">Whether it is enough that the value lies somewhere.</param>
public sealed record NeedMessage(ObjectId Id, bool ExistsOnly) : SessionMessage;

/// <summary>Nobody in the process refers to the object any more.</summary>
/// <param name="Id">The object.</param>
/// <param name="Mentions">How often the process had been told of it, or has told of it first. Mentions on their way are not in it, so they keep the object.</param>
public sealed record ReleaseMessage(ObjectId Id, long Mentions) : SessionMessage;

/// <summary>Find the actor with a name, or make one if there is none: answered by one <see cref="NamedMessage"/>.</summary>
/// <param name="Number">The question's number.</param>
/// <param name="Namespace">The namespace of the name.</param>
/// <param name="Name">The name.</param>
/// <param name="Creation">What constructs it; null: it is only looked for.</param>
/// <param name="ParentAttempt">The attempt of the creation's parent that asks.</param>
/// <param name="GetIfExists">Whether one that is there already will do.</param>
public sealed record NameMessage(long Number, string Namespace, string Name, TaskSpec? Creation, int ParentAttempt, bool GetIfExists) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 160 + (Creation?.Bytes ?? 0);
}

/// <summary>The one answer to a <see cref="RunMessage"/>.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Results">The result, then the parts of a tuple; empty after a failure, and for an actor that was constructed.</param>
/// <param name="Failure">The failure; null on success.</param>
/// <param name="IsRetriable">Whether the attempt may be repeated.</param>
/// <param name="EndsActor">Why the actor has ended itself; null: it has not.</param>
public sealed record AttemptEndedMessage(
    TaskId Task, int Attempt, IReadOnlyList<ProcessValue> Results, Failure? Failure, bool IsRetriable, string? EndsActor) : SessionMessage
{
    /// <summary>How long its body took, in microseconds; 0: that was not measured.</summary>
    public long Microseconds { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 64 + (Failure is null ? 0 : 1024) + Results.Sum(r => r.Bytes);
}

/// <summary>A rider goes back to its node without having been started: the one before it takes long.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt's number.</param>
public sealed record ReturnMessage(TaskId Task, int Attempt) : SessionMessage;

/// <summary>An attempt begins or ends to wait: its CPU is free meanwhile.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="IsBlocked">Whether it waits.</param>
public sealed record BlockMessage(TaskId Task, int Attempt, bool IsBlocked) : SessionMessage;

/// <summary>Cancel, free or kill what stands for this object.</summary>
/// <param name="Id">The object; of an actor the object of its construction.</param>
/// <param name="Wish">What is wished for.</param>
/// <param name="Flag">Whether children are cancelled too; whether the actor may be restarted.</param>
public sealed record ProcessWishMessage(ObjectId Id, OwnerWish Wish, bool Flag) : SessionMessage;

/// <summary>A value on its way from a process to its node.</summary>
/// <param name="Value">The value in the runtime's form.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">What it refers to.</param>
public readonly record struct ProcessValue(object? Value, long Size, IReadOnlyList<ObjectId> Contained)
{
    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Bytes => 32 + (int)Math.Min(Size, 1 << 20) + (24 * Contained.Count);

    /// <summary>A value that leaves this process, which a block of shared memory is told.</summary>
    internal static ProcessValue HandOver(object? value, long size, ObjectEntry[]? contained)
    {
        (value as IHandedOver)?.HandOver();
        return new(value, size, contained is null ? [] : [.. contained.Select(static c => c.Id)]);
    }
}
