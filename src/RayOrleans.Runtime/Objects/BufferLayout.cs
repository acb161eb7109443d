using System.Buffers;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Where the bytes of a <c>ReadOnlyMemory&lt;T&gt;</c> of a given length stand in its serialised form, found by serialising one without touching its data.</summary>
internal sealed unsafe class BufferLayout : IBlockWriter
{
    private const nint NeverRead = 4096;

    private readonly List<(long Offset, byte[] Bytes)> _header = [];

    private BufferLayout(long dataLength) => DataLength = dataLength;

    public long TotalLength { get; private set; }

    public long DataOffset { get; private set; } = -1;

    public long DataLength { get; }

    /// <summary>Everything but the data.</summary>
    public IReadOnlyList<(long Offset, byte[] Bytes)> Header => _header;

    /// <summary>The layout for so many elements; enough of them that their bytes are kept apart from the header.</summary>
    public static BufferLayout Of<T>(ValueSerializer serializer, int length)
        where T : unmanaged
    {
        BufferLayout layout = new((long)length * sizeof(T));
        using UnreadMemory<T> memory = new(length);
        using SerializedValue serialized = serializer.Serialize<ReadOnlyMemory<T>>(memory.Memory, null);
        layout.TotalLength = serialized.TotalLength;
        serialized.CopyTo(layout);
        return layout.DataOffset >= 0 ? layout : throw new InvalidOperationException("The data of a buffer must be written apart from its header.");
    }

    void IBlockWriter.Write(long offset, ReadOnlySpan<byte> data)
    {
        if (data.Length > 0 && (nint)Unsafe.AsPointer(ref Unsafe.AsRef(in data[0])) == NeverRead)
        {
            DataOffset = offset;
        }
        else
        {
            _header.Add((offset, data.ToArray()));
        }
    }

    private sealed class UnreadMemory<T>(int length) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => new((void*)NeverRead, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((T*)NeverRead + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
