namespace RayOrleans;

/// <summary>What a wait found, as two lists in input order. <c>var (ready, notReady) = Ray.Wait(refs);</c></summary>
/// <typeparam name="T">The type of the values.</typeparam>
public readonly struct WaitResult<T>
{
    private readonly ReferenceView<ObjectRef<T>>? _ready;
    private readonly ReferenceView<ObjectRef<T>>? _notReady;

    /// <summary>Splits references by the positions of the ready ones.</summary>
    /// <param name="references">What was waited for; copied unless it comes from an earlier result.</param>
    /// <param name="readyPositions">The positions of the ready ones, ascending and distinct.</param>
    public WaitResult(IReadOnlyList<ObjectRef<T>> references, IReadOnlyList<int> readyPositions)
    {
        ArgumentNullException.ThrowIfNull(readyPositions);
        (_ready, _notReady) = ReferenceView<ObjectRef<T>>.Of(references).Split(readyPositions);
    }

    /// <summary>The references that have a value or an error: at most as many as asked for.</summary>
    public IReadOnlyList<ObjectRef<T>> Ready => _ready ?? ReferenceView<ObjectRef<T>>.Empty;

    /// <summary>All the others.</summary>
    public IReadOnlyList<ObjectRef<T>> NotReady => _notReady ?? ReferenceView<ObjectRef<T>>.Empty;

    /// <summary>Takes the result apart.</summary>
    /// <param name="ready">The references that have a value or an error.</param>
    /// <param name="notReady">All the others.</param>
    public void Deconstruct(out IReadOnlyList<ObjectRef<T>> ready, out IReadOnlyList<ObjectRef<T>> notReady)
    {
        ready = Ready;
        notReady = NotReady;
    }
}
