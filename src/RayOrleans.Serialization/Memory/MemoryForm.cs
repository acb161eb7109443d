using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Memory;

/// <summary>How plain elements are written: absent, in the header, or as a buffer.</summary>
internal static class MemoryForm
{
    public const byte Absent = 0;
    public const byte Inline = 1;
    public const byte Buffer = 2;
    public const byte Elements = 3;

    /// <summary>Writes the place of a buffer that is the first one and is not written by this serialiser.</summary>
    public static void WritePlace(WriteContext w, long bytes)
    {
        w.WriteByte(Buffer);
        w.WriteVarint(0);
        w.WriteVarint((ulong)bytes);
    }

    /// <summary>Writes a part of an array of plain elements.</summary>
    public static void Write(WriteContext w, Array array, long start, long bytes)
    {
        if (bytes >= w.Serializer.Options.OutOfBandBytes && bytes > 0)
        {
            w.WriteByte(Buffer);
            w.WriteBuffer(new ArraySegmentBuffer(array, start, bytes));
        }
        else
        {
            w.WriteByte(Inline);
            w.WriteCount((int)bytes);
            w.WriteBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), (nint)start), (int)bytes));
        }
    }

    /// <summary>Writes a memory of plain elements.</summary>
    public static void Write<T>(WriteContext w, ReadOnlyMemory<T> memory)
    {
        long bytes = (long)memory.Length * Unsafe.SizeOf<T>();
        if (bytes >= w.Serializer.Options.OutOfBandBytes && bytes > 0)
        {
            w.WriteByte(Buffer);
            w.WriteBuffer(new MemoryBuffer<T>(memory));
        }
        else
        {
            w.WriteByte(Inline);
            w.WriteCount((int)bytes);
            w.WriteBytes(new MemoryBuffer<T>(memory).Slice(0, (int)bytes));
        }
    }

    /// <summary>Reads plain elements into an array of the reader's own.</summary>
    public static T[] ReadArray<T>(ReadContext r)
    {
        switch (r.ReadByte())
        {
            case Inline:
                ReadOnlySpan<byte> bytes = ReadInline(r, Unsafe.SizeOf<T>());
                T[] small = bytes.Length == 0 ? [] : GC.AllocateUninitializedArray<T>(bytes.Length / Unsafe.SizeOf<T>());
                bytes.CopyTo(BytesOf(small, bytes.Length));
                return small;
            case Buffer:
                (long offset, long length) = r.ReadBufferPlace(Unsafe.SizeOf<T>());
                T[] large = GC.AllocateUninitializedArray<T>((int)(length / Unsafe.SizeOf<T>()));
                r.CopyBuffer(offset, ref MemoryMarshal.GetArrayDataReference((Array)large), length);
                return large;
            case byte other:
                throw new CorruptValueException($"tag {other} stands where elements are expected");
        }
    }

    /// <summary>Reads plain elements in place where they are a buffer.</summary>
    public static ReadOnlyMemory<T> ReadInPlace<T>(ReadContext r)
        where T : unmanaged
    {
        switch (r.ReadByte())
        {
            case Inline:
                ReadOnlySpan<byte> bytes = ReadInline(r, Unsafe.SizeOf<T>());
                return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
            case Buffer:
                (long offset, long length) = r.ReadBufferPlace(Unsafe.SizeOf<T>());
                return length == 0 ? default : r.Source.GetMemory<T>(offset, (int)(length / Unsafe.SizeOf<T>()));
            case byte other:
                throw new CorruptValueException($"tag {other} stands where elements are expected");
        }
    }

    /// <summary>Reads elements into data that is there already and must have exactly their length.</summary>
    public static void ReadInto(ReadContext r, ref byte destination, long bytes)
    {
        byte form = r.ReadByte();
        (long offset, long length) = form switch
        {
            Inline => (-1, r.ReadCount()),
            Buffer => r.ReadBufferPlace(1),
            _ => throw new CorruptValueException($"tag {form} stands where elements are expected"),
        };
        if (length != bytes)
        {
            throw new CorruptValueException($"{length} bytes of elements where {bytes} are expected");
        }

        if (form == Inline)
        {
            r.ReadBytes((int)length).CopyTo(MemoryMarshal.CreateSpan(ref destination, (int)length));
        }
        else
        {
            r.CopyBuffer(offset, ref destination, length);
        }
    }

    private static ReadOnlySpan<byte> ReadInline(ReadContext r, int elementSize)
    {
        int bytes = r.ReadCount();
        return bytes % elementSize == 0 ? r.ReadBytes(bytes) : throw new CorruptValueException($"{bytes} bytes are no whole number of elements of {elementSize}");
    }

    private static Span<byte> BytesOf<T>(T[] array, int bytes) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference((Array)array), bytes);
}
