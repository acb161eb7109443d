using System.Buffers;
using System.Runtime.InteropServices;

namespace RayOrleans.Serialization.Tests.Memory;

/// <summary>A source over native memory at a multiple of 64, like a block of the object store.</summary>
internal sealed unsafe class PinnedSource : ValueSource
{
    private readonly byte* _start;

    public PinnedSource(SerializedValue value)
    {
        Length = value.TotalLength;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, Length), 64);
        value.CopyTo(new Span<byte>(_start, (int)Length));
    }

    ~PinnedSource() => NativeMemory.AlignedFree(_start);

    public override long Length { get; }

    public override bool IsPinnedStore => true;

    public override ReadOnlySpan<byte> Read(long offset, int length)
    {
        Assert.True(offset >= 0 && offset + length <= Length);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public override ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
    {
        Assert.True(byteOffset >= 0 && byteOffset + ((long)count * sizeof(T)) <= Length);
        return new Owner<T>(this, byteOffset, count).Memory;
    }

    public bool Contains<T>(ReadOnlySpan<T> span)
        where T : unmanaged
    {
        fixed (T* p = span)
        {
            return (byte*)p >= _start && (byte*)(p + span.Length) <= _start + Length;
        }
    }

    public static bool IsAligned<T>(ReadOnlySpan<T> span)
        where T : unmanaged
    {
        fixed (T* p = span)
        {
            return (nint)p % 64 == 0;
        }
    }

    private sealed class Owner<T>(PinnedSource source, long offset, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => new(source._start + offset, count);

        public override MemoryHandle Pin(int elementIndex = 0) => new((T*)(source._start + offset) + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
