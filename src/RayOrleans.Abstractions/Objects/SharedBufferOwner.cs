namespace RayOrleans;

/// <summary>A runtime's side of a <see cref="SharedBuffer{T}"/>: room in the store that is not yet an object. Disposing it before it is sealed gives the room back.</summary>
internal abstract class SharedBufferOwner : IDisposable
{
    /// <summary>The room as writable memory. Valid until it is sealed or disposed.</summary>
    public abstract Memory<T> Memory<T>()
        where T : unmanaged;

    /// <summary>Makes the room an immutable object. Called once.</summary>
    public abstract ObjectRef<ReadOnlyMemory<T>> Seal<T>()
        where T : unmanaged;

    /// <inheritdoc/>
    public abstract void Dispose();
}
