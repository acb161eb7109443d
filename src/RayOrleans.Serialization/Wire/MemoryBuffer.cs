using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans.Serialization.Wire;

/// <summary>The data of a memory whose elements are plain bits.</summary>
internal sealed class MemoryBuffer<T>(ReadOnlyMemory<T> memory) : BufferSegment
{
    public override long Length => (long)memory.Length * Unsafe.SizeOf<T>();

    public override ReadOnlySpan<byte> Slice(long offset, int length) =>
        MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.AddByteOffset(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(memory.Span)), (nint)offset), length);
}
