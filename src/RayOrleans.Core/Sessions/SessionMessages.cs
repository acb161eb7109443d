namespace RayOrleans.Core;

/// <summary>Run this: from a node to a process, which answers with one <see cref="AttemptEndedMessage"/>. Its resources are granted.</summary>
/// <param name="Spec">The task.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Incarnation">For actors: the incarnation to construct, or the one that is called.</param>
/// <param name="Inputs">The inputs in the order of the spec's, each one a mention; arguments with their values.</param>
/// <param name="Gpus">The devices granted to it; null: none.</param>
public sealed record RunMessage(TaskSpec Spec, int Attempt, int Incarnation, IReadOnlyList<SessionValue> Inputs, IReadOnlyList<int>? Gpus) : SessionMessage
{
    /// <summary>How it comes by its CPU.</summary>
    public RideKind Ride { get; init; }

    /// <summary>Of a stream: how many items it has already, which are not sent again.</summary>
    public int Produced { get; init; }

    /// <summary>Of a stream: the first item that it has to wait for (<see cref="CreditMessage"/>).</summary>
    public int Until { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 160 + Spec.Bytes + Inputs.Sum(i => i.Bytes);
}

/// <summary>An object that the process needs has its value, or its failure.</summary>
/// <param name="Id">The object.</param>
/// <param name="Value">Its value.</param>
public sealed record SettledMessage(ObjectId Id, SessionValue Value) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 64 + Value.Bytes;
}

/// <summary>An object whose existence the process waits for lies in some store.</summary>
/// <param name="Id">The object.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record ExistsMessage(ObjectId Id, long Size) : SessionMessage;

/// <summary>The answer to a <see cref="NameMessage"/>. An actor that it names is mentioned by it.</summary>
/// <param name="Number">The question's number.</param>
/// <param name="Actor">The actor's construction; null: there is none.</param>
/// <param name="IsOther">Whether it is another one than was to be made.</param>
/// <param name="Problem">Why the question has no answer; null: it has.</param>
public sealed record NamedMessage(long Number, RemoteRef? Actor, bool IsOther, string? Problem) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 256;
}

/// <summary>The attempt is not wanted any more: its token is to fire. It still ends with its <see cref="AttemptEndedMessage"/>.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt's number.</param>
public sealed record GiveUpMessage(TaskId Task, int Attempt) : SessionMessage;

/// <summary>The actor's incarnation ends.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Dispose">Whether it ends in order, so that its <c>Dispose</c> runs.</param>
public sealed record StopInstanceMessage(ActorId Actor, int Incarnation, bool Dispose) : SessionMessage;

/// <summary>An object with its value, on its way from a node to a process. The object and all that it refers to are mentioned by it.</summary>
/// <param name="Object">The object.</param>
/// <param name="HasValue">Whether a value or failure comes along; else it is only mentioned.</param>
/// <param name="Value">The value in the runtime's form.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">What the value refers to.</param>
/// <param name="Failure">The failure, in place of a value.</param>
public readonly record struct SessionValue(RemoteRef Object, bool HasValue, object? Value, long Size, IReadOnlyList<RemoteRef> Contained, Failure? Failure)
{
    /// <summary>The parts of a tuple, which are mentioned together with it; it has no other value.</summary>
    public IReadOnlyList<SessionValue>? Parts { get; init; }

    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Bytes => 64 + (int)Math.Min(Size, 1 << 20) + (64 * Contained.Count) + (Failure is null ? 0 : 1024) + (Parts?.Sum(p => p.Bytes) ?? 0);

    /// <summary>Only a mention.</summary>
    public static SessionValue Mention(RemoteRef reference) => new(reference, HasValue: false, null, 0, [], null);
}
