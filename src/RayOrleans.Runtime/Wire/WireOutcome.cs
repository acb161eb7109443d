using RayOrleans.Core;

namespace RayOrleans.Runtime.Wire;

/// <summary>What a worker on another node reports at the end of an attempt.</summary>
internal sealed record WireOutcome
{
    /// <summary>The failure; null on success.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether the user asked that this failure be retried; decided where the attempt ran.</summary>
    public bool IsRetriable { get; init; }

    /// <summary>Whether the system failed rather than the user's code.</summary>
    public bool IsSystemFailure { get; init; }

    /// <summary>Why the actor ends together with this call; null: it goes on.</summary>
    public string? EndsActor { get; init; }

    /// <summary>The result.</summary>
    public WireValue Result { get; init; }

    /// <summary>The parts of a tuple result.</summary>
    public WireValue[]? Parts { get; init; }

    /// <summary>The outcome for this node's engine.</summary>
    /// <param name="entryOf">This node's entry of an object that a value refers to.</param>
    public Outcome ToOutcome(Func<ObjectId, ObjectEntry> entryOf)
    {
        if (Failure is { } failure)
        {
            return EndsActor is { } why ? Outcome.ActorExit(failure, why)
                : IsSystemFailure ? Outcome.SystemFailure(failure)
                : Outcome.UserFailure(failure, IsRetriable);
        }

        // A tuple keeps its parts as a value keeps the objects that it refers to; they are known by the tuple itself.
        ObjectEntry[]? contained = Result.Value is TupleValue tuple ? tuple.Parts : EntriesOf(Result.Contained, entryOf);
        PartValue[]? parts = Parts is null ? null : Array.ConvertAll(Parts, p => new PartValue(p.Value, p.Size, EntriesOf(p.Contained, entryOf)));
        return Outcome.Success(Result.Value, Result.Size, contained, parts);
    }

    private static ObjectEntry[]? EntriesOf(ObjectId[]? ids, Func<ObjectId, ObjectEntry> entryOf) =>
        ids is null ? null : Array.ConvertAll(ids, id => entryOf(id));
}
