using System.Buffers;

namespace RayOrleans.Transfer;

/// <summary>Memory of a block that is being written, for the socket to receive into. The block's writer keeps the memory; this keeps nothing.</summary>
internal sealed unsafe class NativeMemory(byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
        return new MemoryHandle(start + elementIndex, default, this);
    }

    public override void Unpin()
    {
        // Mapped memory never moves.
    }

    protected override void Dispose(bool disposing)
    {
        // Whoever writes the block aborts or seals it after the last receive has ended.
    }
}
