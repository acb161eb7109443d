namespace RayOrleans.ObjectStore;

/// <summary>
/// Keeps a block's memory from being reused, also after the block was deleted. Dispose it; if it is forgotten, the finalizer releases it, and for
/// <see cref="ArenaOptions.QuarantineTime"/> from then on the memory is not reused, whether the block was deleted before or is deleted or evicted later. Thread-safe.
/// </summary>
public sealed unsafe class StorePin : IDisposable, IPinnedBytes
{
    private const int Armed = 1;
    private const int Released = 2;
    private int _state;

    internal StorePin(StoreBlock block) => Block = block;

    /// <summary>Releases a forgotten pin.</summary>
    ~StorePin()
    {
        if (Interlocked.Exchange(ref _state, Released) == Armed)
            Block.Release(finalizing: true);
    }

    /// <summary>The pinned block.</summary>
    public StoreBlock Block { get; }

    byte* IPinnedBytes.Start => Block.Pointer;

    long IPinnedBytes.Length => Block.Length;

    /// <summary>True once <see cref="Dispose"/> was called: the memory must not be used any more.</summary>
    public bool IsReleased => Volatile.Read(ref _state) == Released;

    /// <summary>
    /// <paramref name="count"/> items of the block as memory which shares this pin: it may be used as long as the pin is not disposed,
    /// and keeps the pin from being finalized. One pin can serve any number of memories.
    /// </summary>
    /// <typeparam name="T">An unmanaged type.</typeparam>
    /// <param name="byteOffset">Where in the block, in bytes; a multiple of 8, or of the size of <typeparamref name="T"/> if that is less.</param>
    /// <param name="count">Number of items.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The pin has been released.</exception>
    public ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsReleased, this);
        return new StoreMemoryManager<T>(this, byteOffset, count).Memory;
    }

    /// <summary>Releases the pin; the second and later calls do nothing. Memories that share the pin throw from then on.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _state, Released) == Armed)
        {
            Block.Release(finalizing: false);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Ends this object but not the pin, which the caller gives back with <see cref="StoreBlock.Release"/>.</summary>
    internal StoreBlock HandOver()
    {
        ObjectDisposedException.ThrowIf(Interlocked.Exchange(ref _state, Released) != Armed, this);
        GC.SuppressFinalize(this);
        return Block;
    }

    /// <summary>The block has counted this pin.</summary>
    internal void Arm() => Volatile.Write(ref _state, Armed);
}
