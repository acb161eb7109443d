using System.Buffers;

namespace RayOrleans.ObjectStore;

/// <summary>Memory over a part of a block. Its pin is the owner: reachable memory keeps the block.</summary>
internal sealed unsafe class StoreMemoryManager<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly IPinnedBytes _pin;
    private readonly T* _start;
    private readonly int _count;

    public StoreMemoryManager(IPinnedBytes pin, long byteOffset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long length = (long)count * sizeof(T);
        if (byteOffset < 0 || byteOffset > pin.Length - length)
            throw new ArgumentOutOfRangeException(nameof(byteOffset), $"Bytes {byteOffset} to {byteOffset + length} are not inside a block of {pin.Length} bytes.");
        int alignment = Math.Min(sizeof(T), 8);
        if ((alignment & (alignment - 1)) == 0 && byteOffset % alignment != 0)
            throw new ArgumentOutOfRangeException(nameof(byteOffset), byteOffset, $"Items of {typeof(T).Name} must start at a multiple of {alignment} bytes.");
        _pin = pin;
        _start = (T*)(pin.Start + byteOffset);
        _count = count;
    }

    public override Span<T> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_pin.IsReleased, _pin);
        return new Span<T>(_start, _count);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_count, nameof(elementIndex));
        ObjectDisposedException.ThrowIf(_pin.IsReleased, _pin);
        // The handle refers to this manager and so keeps the store's pin; the memory itself never moves.
        return new MemoryHandle(_start + elementIndex, default, this);
    }

    public override void Unpin()
    {
        // Nothing to undo: see Pin.
    }

    protected override void Dispose(bool disposing)
    {
        // The pin may be shared with other memories; whoever made it disposes it.
    }
}
