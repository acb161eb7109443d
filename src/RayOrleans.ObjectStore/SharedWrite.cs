using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>
/// An object that this process writes: in place, in memory that others see once it is sealed, or in a buffer of its own where it is small. It is given up when
/// it is disposed of, or collected, before it is sealed. One thread seals or gives it up, and nobody may be writing then.
/// </summary>
public sealed unsafe class SharedWrite : IDisposable
{
    private readonly ClientLink _link;
    private readonly byte[]? _bytes;
    private readonly WriteWindow? _window;
    private bool _isOver;

    internal SharedWrite(ClientLink link, StoreKey key, byte[] bytes) => (_link, Key, _bytes) = (link, key, bytes);

    internal SharedWrite(ClientLink link, StoreKey key, WriteWindow window) => (_link, Key, _window) = (link, key, window);

    /// <summary>The object's key.</summary>
    public StoreKey Key { get; }

    /// <summary>Whether its pages may be others' too, so that it is written by <see cref="Write"/> alone.</summary>
    internal bool CopiesOnly { get; set; }

    /// <summary>Its length in bytes.</summary>
    public long Length => _window?.Length ?? _bytes!.Length;

    /// <summary>Whether it is written in place.</summary>
    public bool IsInPlace => _window is not null;

    /// <summary>A part of it, to write into. After <see cref="Seal"/> a write through it faults.</summary>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the object.</exception>
    /// <exception cref="ObjectDisposedException">It is sealed or given up.</exception>
    /// <exception cref="IOException">The system does not make the memory writable.</exception>
    /// <exception cref="InvalidOperationException">It was made by <see cref="StoreClient.CreateForCopy"/>.</exception>
    public Span<byte> GetSpan(long offset, int length)
    {
        Check(offset, length);
        if (CopiesOnly)
            throw new InvalidOperationException("This object was made by CreateForCopy: it is written by Write, not in place.");
        return _window is { } window ? new Span<byte>(window.Open() + offset, length) : _bytes.AsSpan((int)offset, length);
    }

    /// <summary>Copies bytes into it; faster than a copy into <see cref="GetSpan"/>, which has to change the pages' protection twice.</summary>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="source">What to copy.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the object.</exception>
    /// <exception cref="ObjectDisposedException">It is sealed or given up.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Check(offset, source.Length);
        if (_window is { } window)
            window.Write(offset, source);
        else
            source.CopyTo(_bytes.AsSpan((int)offset));
    }

    /// <summary>Makes it immutable, and there for every process.</summary>
    /// <exception cref="StoreRequestException">It was deleted meanwhile; or, for a small one, the key is taken.</exception>
    /// <exception cref="ObjectDisposedException">It is sealed or given up.</exception>
    public void Seal()
    {
        Span<byte> head = stackalloc byte[StoreKey.Size];
        FrameKind kind = End(ref head);
        try
        {
            _link.Call(kind, 0, Key, head, _bytes).ThrowUnlessDone();
        }
        finally
        {
            EndHold();
        }
    }

    /// <inheritdoc cref="Seal"/>
    public ValueTask SealAsync()
    {
        Span<byte> head = stackalloc byte[StoreKey.Size];
        FrameKind kind = End(ref head);
        PendingRequest request = _link.Send(kind, 0, Key, AnswerTaker.Flow, head, _bytes);
        EndHold();
        return new ValueTask(request, request.Version);
    }

    /// <summary>Gives it up, unless it is sealed: those who wait for it are told.</summary>
    public void Dispose()
    {
        if (_isOver)
            return;
        _isOver = true;
        if (_window is { } window && window.TryEnd())
            window.GiveBack(collected: false);
    }

    private FrameKind End(ref Span<byte> head)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        _isOver = true;
        if (_window is not { } window)
        {
            Key.Write(head);
            return FrameKind.Put;
        }

        // Whoever ends the hold gives it back, once. The right to write goes first: after the seal others rely on the bytes.
        ObjectDisposedException.ThrowIf(!window.TryEnd(), this);
        window.Close();
        head = head[..sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(head, window.Number);
        return FrameKind.Seal;
    }

    private void EndHold()
    {
        if (_window is not null)
            _link.EndHold(collected: false);
    }

    private void Check(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} are not inside an object of {Length} bytes.");
    }
}
