namespace RayOrleans;

/// <summary>
/// Room in the object store to write a value into directly, without a copy. Write, then <see cref="Seal"/>; disposing it unsealed gives the room back.
/// Several threads may write different parts of it; sealing and disposing are the owner's.
/// </summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class SharedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Open = 0;
    private const int Sealed = 1;
    private const int Disposed = 2;

    private readonly SharedBufferOwner _owner;
    private readonly Memory<T> _memory;
    private int _state;

    internal SharedBuffer(SharedBufferOwner owner)
    {
        _owner = owner;
        _memory = owner.Memory<T>();
    }

    /// <summary>The number of elements.</summary>
    public int Length => _memory.Length;

    /// <summary>The room, to write into; its content is undefined at first. Not to be used after <see cref="Seal"/> or <see cref="Dispose"/>.</summary>
    /// <exception cref="InvalidOperationException">The buffer was sealed.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Memory<T> Memory
    {
        get
        {
            ThrowUnlessOpen(Volatile.Read(ref _state));
            return _memory;
        }
    }

    /// <summary>The room as a span; see <see cref="Memory"/>.</summary>
    public Span<T> Span => Memory.Span;

    /// <summary>Makes what was written an object that every process of the node reads in place.</summary>
    /// <returns>The object.</returns>
    /// <exception cref="InvalidOperationException">The buffer was sealed already.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ObjectRef<ReadOnlyMemory<T>> Seal()
    {
        ThrowUnlessOpen(Interlocked.CompareExchange(ref _state, Sealed, Open));
        return _owner.Seal<T>();
    }

    /// <summary>Gives the room back unless it was sealed. Idempotent.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, Disposed, Open) == Open)
        {
            _owner.Dispose();
        }
    }

    private void ThrowUnlessOpen(int state)
    {
        ObjectDisposedException.ThrowIf(state == Disposed, this);
        if (state == Sealed)
        {
            throw new InvalidOperationException("The buffer was sealed; it is an immutable object now. Read it through the reference that Seal returned.");
        }
    }
}
