using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RayOrleans.Runtime.Wire;

/// <summary>Writes the parts of messages; <see cref="WireReader"/> reads them. Numbers are little-endian.</summary>
internal static class WireOutput
{
    /// <summary>The bytes of an object's id.</summary>
    public const int ObjectIdLength = 20;

    public static void WriteByte(this IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>Seven bits per byte, low ones first.</summary>
    public static void WriteVarint(this IBufferWriter<byte> output, ulong value)
    {
        Span<byte> span = output.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }

    /// <summary>A number that is not negative.</summary>
    public static void WriteCount(this IBufferWriter<byte> output, int value) => output.WriteVarint(checked((uint)value));

    /// <summary>A bound: a number from -1, which stands for none.</summary>
    public static void WriteBound(this IBufferWriter<byte> output, int value) => output.WriteVarint(checked((ulong)(value + 1L)));

    /// <summary>The bits of a value without references or padding.</summary>
    public static void WriteBits<T>(this IBufferWriter<byte> output, in T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(output.GetSpan(Unsafe.SizeOf<T>())), value);
        output.Advance(Unsafe.SizeOf<T>());
    }

    /// <summary>An object's id, without the padding of its form in memory.</summary>
    public static void WriteId(this IBufferWriter<byte> output, ObjectId id)
    {
        output.WriteBits(id.Task);
        output.WriteBits(id.Index);
    }

    /// <summary>Bytes with their length.</summary>
    public static void WriteBlock(this IBufferWriter<byte> output, ReadOnlySpan<byte> block)
    {
        output.WriteCount(block.Length);
        output.Write(block);
    }

    /// <summary>A text or null: one byte per character where all are ASCII, else two, so that every string comes back exactly.</summary>
    public static void WriteText(this IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            output.WriteByte(0);
            return;
        }

        bool narrow = Ascii.IsValid(text);
        output.WriteVarint(((ulong)text.Length << 1) + (narrow ? 1u : 2u));
        if (narrow)
        {
            Span<byte> span = output.GetSpan(text.Length);
            Ascii.FromUtf16(text, span, out int written);
            output.Advance(written);
        }
        else
        {
            output.Write(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
