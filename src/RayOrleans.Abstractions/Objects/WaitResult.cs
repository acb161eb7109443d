namespace RayOrleans;

/// <summary>What a wait over references of several types found, as two lists in input order.</summary>
public readonly struct WaitResult
{
    private readonly ReferenceView<ObjectRef>? _ready;
    private readonly ReferenceView<ObjectRef>? _notReady;

    /// <summary>Splits references by the positions of the ready ones.</summary>
    /// <param name="references">What was waited for; copied unless it comes from an earlier result.</param>
    /// <param name="readyPositions">The positions of the ready ones, ascending and distinct.</param>
    public WaitResult(IReadOnlyList<ObjectRef> references, IReadOnlyList<int> readyPositions)
    {
        ArgumentNullException.ThrowIfNull(readyPositions);
        (_ready, _notReady) = ReferenceView<ObjectRef>.Of(references).Split(readyPositions);
    }

    /// <summary>The references that have a value or an error: at most as many as asked for.</summary>
    public IReadOnlyList<ObjectRef> Ready => _ready ?? ReferenceView<ObjectRef>.Empty;

    /// <summary>All the others.</summary>
    public IReadOnlyList<ObjectRef> NotReady => _notReady ?? ReferenceView<ObjectRef>.Empty;

    /// <summary>Takes the result apart.</summary>
    /// <param name="ready">The references that have a value or an error.</param>
    /// <param name="notReady">All the others.</param>
    public void Deconstruct(out IReadOnlyList<ObjectRef> ready, out IReadOnlyList<ObjectRef> notReady)
    {
        ready = Ready;
        notReady = NotReady;
    }
}
