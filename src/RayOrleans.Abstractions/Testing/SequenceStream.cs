namespace RayOrleans;

/// <summary>A stream over a sequence of this process.</summary>
internal sealed class SequenceStream<TItem>(IAsyncEnumerable<TItem> items) : StreamSource
{
    private readonly IAsyncEnumerator<TItem> _items = items.GetAsyncEnumerator();
    private bool _disposed;

    public override TaskId TaskId { get; } = TaskEntry.NextId();

    public override async ValueTask<ObjectRef<T>?> NextAsync<T>(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return !_disposed && await _items.MoveNextAsync().ConfigureAwait(false) ? (ObjectRef<T>)(ObjectRef)RayFake.Result(_items.Current) : null;
    }

    public override void Dispose() => _disposed = true;
}
