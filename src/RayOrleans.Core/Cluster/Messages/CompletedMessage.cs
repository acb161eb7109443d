namespace RayOrleans.Core;

/// <summary>How an attempt ended: from the node that ran it to the task's recoverer, which accepts it or not.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Results">The result, then the parts of a tuple; empty after a failure.</param>
/// <param name="Failure">The failure; null on success.</param>
/// <param name="IsRetriable">Whether the attempt may be repeated.</param>
/// <param name="IsSystemFailure">Whether the system failed rather than the user's code.</param>
/// <param name="Nested">What the attempt put and the results refer to, as results of their own.</param>
/// <param name="Transit">The number under which the sender holds what the results refer to; 0: nothing.</param>
public sealed record CompletedMessage(
    TaskId Task, int Attempt, IReadOnlyList<RemoteResult> Results, IReadOnlyList<NestedResult> Nested, Failure? Failure, bool IsRetriable, bool IsSystemFailure, long Transit) : Message
{
    /// <summary>Where the process that ran it ended: whether it was to blame.</summary>
    public Blame Blame { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 96 + (Failure is null ? 0 : 1024) + Results.Sum(r => r.Bytes) + Nested.Sum(n => n.Result.Bytes);
}
