namespace RayOrleans.ObjectStore;

/// <summary>
/// A sealed object as a client has got it: in place, in memory that all processes of the node share, or a copy of its own where it is small. In place it stays
/// readable until it is disposed of or, with all memories taken from it, collected, whatever becomes of the object, the client and the store. Thread-safe.
/// </summary>
public sealed unsafe class SharedObject : IDisposable
{
    private readonly byte[]? _bytes;
    private readonly ClientPin? _pin;

    private SharedObject(StoreKey key, byte[]? bytes, ClientPin? pin)
    {
        Key = key;
        _bytes = bytes;
        _pin = pin;
    }

    /// <summary>The object's key.</summary>
    public StoreKey Key { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length => _pin?.Length ?? _bytes!.Length;

    /// <summary>Whether it is read in place. In place it starts at a multiple of 64.</summary>
    public bool IsInPlace => _pin is not null;

    /// <summary>A part of it. The span does not keep the memory: keep this object until it is not used any more.</summary>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the object.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed of.</exception>
    public ReadOnlySpan<byte> GetSpan(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} are not inside an object of {Length} bytes.");
        return _pin is { } pin ? new ReadOnlySpan<byte>(pin.Start + offset, length) : _bytes.AsSpan((int)offset, length);
    }

    /// <summary>Items of it as memory that keeps it, until <see cref="Dispose"/>.</summary>
    /// <typeparam name="T">An unmanaged type.</typeparam>
    /// <param name="byteOffset">Where, in bytes; a multiple of 8, or of the size of <typeparamref name="T"/> if that is less.</param>
    /// <param name="count">Number of items.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the object.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed of.</exception>
    public ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
        where T : unmanaged => _pin is { } pin ? new StoreMemoryManager<T>(pin, byteOffset, count).Memory : new ArrayMemoryManager<T>(_bytes!, byteOffset, count).Memory;

    /// <summary>All of it, if it is not longer than a memory can be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has more than <see cref="int.MaxValue"/> bytes.</exception>
    public ReadOnlyMemory<byte> GetMemory()
    {
        if (Length > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(Length), Length, "The object is longer than one memory can be; take it in parts.");
        return _pin is null ? _bytes : GetMemory<byte>(0, (int)Length);
    }

    /// <summary>Lets go of it; memories taken from it throw from then on. Later calls do nothing.</summary>
    public void Dispose()
    {
        if (_pin is { } pin && pin.TryEnd())
            pin.GiveBack(collected: false);
    }

    internal static SharedObject Inline(StoreKey key, byte[] bytes) => new(key, bytes, null);

    internal static SharedObject InPlace(StoreKey key, ClientPin pin) => new(key, null, pin);
}
