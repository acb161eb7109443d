using Apache.Arrow;
using Apache.Arrow.Types;
using RayOrleans.Serialization.Memory;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>
/// Arrow arrays: lengths and offsets in the header, every buffer outside it at a multiple of 64 bytes, straight from the array's own memory.
/// (An IPC body would first be gathered in a stream; and its alignment is 8 bytes.) The type is known from the schema.
/// </summary>
internal static class ArrayDataForm
{
    private const int MaxDepth = 64;

    public static void Write(WriteContext w, ArrayData data)
    {
        w.WriteVarint((ulong)data.Length);
        w.WriteVarint((ulong)(data.NullCount + 1));
        w.WriteVarint((ulong)data.Offset);
        w.WriteCount(data.Buffers.Length);
        foreach (ArrowBuffer buffer in data.Buffers)
        {
            MemoryForm.Write(w, buffer.Memory);
        }

        w.WriteCount(data.Children?.Length ?? 0);
        foreach (ArrayData child in data.Children ?? [])
        {
            Write(w, child);
        }

        w.WriteByte(data.Dictionary is null ? (byte)0 : (byte)1);
        if (data.Dictionary is not null)
        {
            Write(w, data.Dictionary);
        }
    }

    public static ArrayData Read(ReadContext r, IArrowType type, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw new CorruptValueException("Arrow arrays nest too deeply");
        }

        int length = checked((int)r.ReadVarint());
        int nulls = checked((int)r.ReadVarint()) - 1;
        int offset = checked((int)r.ReadVarint());
        var buffers = new ArrowBuffer[r.ReadElementCount()];
        for (int i = 0; i < buffers.Length; i++)
        {
            buffers[i] = new ArrowBuffer(MemoryForm.ReadInPlace<byte>(r));
        }

        int childCount = r.ReadElementCount();
        var children = new ArrayData[childCount];
        for (int i = 0; i < childCount; i++)
        {
            children[i] = Read(r, ChildType(type, i), depth + 1);
        }

        ArrayData? dictionary = r.ReadBool()
            ? Read(r, (type as DictionaryType ?? throw new CorruptValueException($"a {type.Name} with a dictionary")).ValueType, depth + 1)
            : null;
        var data = new ArrayData(type, length, nulls, offset, buffers, childCount == 0 ? null : children, dictionary);
        Check(data);
        return data;
    }

    private static IArrowType ChildType(IArrowType type, int index) => type switch
    {
        NestedType nested when index < nested.Fields.Count => nested.Fields[index].DataType,
        _ => throw new CorruptValueException($"child {index} of a {type.Name}"),
    };

    /// <summary>Fixed-width data must be as long as it says; Arrow itself trusts lengths.</summary>
    private static void Check(ArrayData data)
    {
        long end = (long)data.Offset + data.Length;
        long needed = data.DataType is FixedWidthType fixedWidth and not DictionaryType && data.Buffers.Length > 1
            ? ((end * fixedWidth.BitWidth) + 7) / 8
            : 0;
        if (data.Length < 0 || data.Offset < 0 || end > int.MaxValue
            || (needed > 0 && data.Length > 0 && data.Buffers[1].Length < needed)
            || (data.Buffers.Length > 0 && data.Buffers[0].Length > 0 && data.DataType is not (UnionType or NullType) && data.Buffers[0].Length < (end + 7) / 8))
        {
            throw new CorruptValueException($"a {data.DataType.Name} array of {end} elements has too few bytes");
        }
    }
}
