using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>Items over a part of an array of bytes.</summary>
internal sealed unsafe class ArrayMemoryManager<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly byte[] _bytes;
    private readonly int _offset;
    private readonly int _count;

    public ArrayMemoryManager(byte[] bytes, long byteOffset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long length = (long)count * sizeof(T);
        if (byteOffset < 0 || byteOffset > bytes.Length - length)
            throw new ArgumentOutOfRangeException(nameof(byteOffset), $"Bytes {byteOffset} to {byteOffset + length} are not inside an object of {bytes.Length} bytes.");
        (_bytes, _offset, _count) = (bytes, (int)byteOffset, count);
    }

    public override Span<T> GetSpan() => MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(_offset, _count * sizeof(T)));

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_count, nameof(elementIndex));
        GCHandle handle = GCHandle.Alloc(_bytes, GCHandleType.Pinned);
        return new MemoryHandle((T*)((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes)) + _offset) + elementIndex, handle, this);
    }

    public override void Unpin()
    {
        // The handle frees its own pin.
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is owned.
    }
}
