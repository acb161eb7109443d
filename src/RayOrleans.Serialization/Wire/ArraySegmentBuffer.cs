using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans.Serialization.Wire;

/// <summary>The data of an array of any rank whose elements are plain bits.</summary>
internal sealed class ArraySegmentBuffer(Array array, long start, long length) : BufferSegment
{
    public override long Length => length;

    public override ReadOnlySpan<byte> Slice(long offset, int length) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), (nint)(start + offset)), length);
}
