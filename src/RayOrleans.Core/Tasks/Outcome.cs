namespace RayOrleans.Core;

/// <summary>What a worker reports at the end of an attempt.</summary>
public readonly struct Outcome
{
    /// <summary>The failure; null on success.</summary>
    public Failure? Failure { get; private init; }

    /// <summary>Whether the user asked that this failure be retried.</summary>
    public bool IsRetriable { get; private init; }

    /// <summary>Whether the system failed rather than the user's code.</summary>
    public bool IsSystemFailure { get; private init; }

    /// <summary>The runtime's form of the result.</summary>
    public object? Value { get; private init; }

    /// <summary>The result's size in bytes.</summary>
    public long Size { get; private init; }

    /// <summary>The objects that the result refers to.</summary>
    public ObjectEntry[]? Contained { get; private init; }

    /// <summary>The values of a tuple's parts.</summary>
    public PartValue[]? Parts { get; private init; }

    /// <summary>What the attempt put and the result refers to; null: nothing that is made again with it.</summary>
    public NestedValue[]? Nested { get; private init; }

    /// <summary>Success.</summary>
    public static Outcome Success(object? value, long size = 0, ObjectEntry[]? contained = null, PartValue[]? parts = null, NestedValue[]? nested = null) =>
        new() { Value = value, Size = size, Contained = contained, Parts = parts, Nested = nested };

    /// <summary>Why the actor ends together with this call; null: it goes on.</summary>
    public string? EndsActor { get; private init; }

    /// <summary>The call ends its actor: nothing that waits behind it starts.</summary>
    public static Outcome ActorExit(Failure failure, string why) => new() { Failure = failure, EndsActor = why };

    /// <summary>The user's function threw.</summary>
    public static Outcome UserFailure(Failure failure, bool isRetriable) => new() { Failure = failure, IsRetriable = isRetriable };

    /// <summary>Where the process that ran it ended: whether it was to blame.</summary>
    public Blame Blame { get; private init; }

    /// <summary>The worker or something below it failed; retried within the task's retries.</summary>
    public static Outcome SystemFailure(Failure failure, Blame blame = Blame.None) => new() { Failure = failure, IsRetriable = true, IsSystemFailure = true, Blame = blame };
}
