using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans.Serialization.Wire;

/// <summary>Bytes seen as elements of another type, without a copy.</summary>
internal sealed class CastMemoryManager<T>(Memory<byte> bytes) : MemoryManager<T>
    where T : unmanaged
{
    public override Memory<T> Memory => CreateMemory(bytes.Length / Unsafe.SizeOf<T>());

    public override Span<T> GetSpan() => MemoryMarshal.Cast<byte, T>(bytes.Span);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        MemoryHandle handle = bytes.Slice(elementIndex * Unsafe.SizeOf<T>()).Pin();
        return handle;
    }

    public override void Unpin()
    {
        // The handle that Pin returned is the bytes' own and unpins them.
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is owned here besides the reference to the bytes.
    }
}
