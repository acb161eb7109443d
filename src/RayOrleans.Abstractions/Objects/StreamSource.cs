namespace RayOrleans;

/// <summary>A runtime's side of an <see cref="ObjectRefStream{T}"/>.</summary>
internal abstract class StreamSource : IDisposable
{
    /// <summary>The producing task.</summary>
    public abstract TaskId TaskId { get; }

    /// <summary>The next item's reference, or null at the end; throws what the producer threw after its last item.</summary>
    public abstract ValueTask<ObjectRef<T>?> NextAsync<T>(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract void Dispose();
}
