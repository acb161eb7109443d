namespace RayOrleans.Core;

/// <summary>Run this: from a task's recoverer to the node chosen to run it, or from an actor's caller to the actor's node.</summary>
/// <param name="Spec">The task.</param>
/// <param name="Attempt">The attempt's number, given by the recoverer.</param>
/// <param name="Inputs">The inputs, in the order of the spec's.</param>
/// <param name="Hops">How often the task has been sent on.</param>
/// <param name="Incarnation">For actors: the incarnation to create, or the one that is called.</param>
public sealed record ExecuteMessage(TaskSpec Spec, int Attempt, IReadOnlyList<RemoteInput> Inputs, int Hops, int Incarnation) : Message
{
    /// <summary>The indices of the results that are there already: the attempt does not make them, because it would replace copies of an earlier one.</summary>
    public IReadOnlyList<int> Kept { get; init; } = [];

    /// <summary>Of a stream: how many items its owner has accepted; the attempt makes them again and does not send them.</summary>
    public int Produced { get; init; }

    /// <summary>Of a stream: the number of the first item that the attempt has to wait for.</summary>
    public int Until { get; init; }

    /// <inheritdoc/>
    public override int Bytes => 160 + Spec.Bytes + (4 * Kept.Count) + Inputs.Sum(i => i.IsInline ? (int)i.Size : 0);
}
