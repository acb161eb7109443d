using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Memory;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>Arrays of several dimensions, or whose indexes do not start at zero.</summary>
internal sealed class MatrixCodec<T>(ValueSerializer serializer, Type type) : ShellCodec(type)
{
    private readonly Codec<T> _elements = serializer.CodecOf<T>();
    private readonly bool _bits = PlaceFactory.IsBits(typeof(T));
    private readonly int _rank = type.GetArrayRank();

    public override void WriteShell(WriteContext w, object value)
    {
        var array = (Array)value;
        for (int i = 0; i < _rank; i++)
        {
            w.WriteCount(array.GetLength(i));
            w.WriteBits(array.GetLowerBound(i));
        }

        if (_bits)
        {
            MemoryForm.Write(w, array, 0, array.LongLength * Unsafe.SizeOf<T>());
        }
    }

    public override void WriteContent(WriteContext w, object value)
    {
        if (_bits)
        {
            return;
        }

        var array = (Array)value;
        nint count = (nint)array.LongLength;
        nint i = 0;
        try
        {
            for (; i < count; i++)
            {
                _elements.Write(w, in At(array, i));
            }
        }
        catch (Exception) when (w.Path.NoteIndex(i))
        {
            throw;
        }
    }

    public override object ReadShell(ReadContext r)
    {
        var lengths = new int[_rank];
        var bounds = new int[_rank];
        long count = 1;
        for (int i = 0; i < _rank; i++)
        {
            lengths[i] = r.ReadCount();
            bounds[i] = r.ReadBits<int>();
            count = checked(count * lengths[i]);
        }

        if (!_bits)
        {
            r.Claim(checked(count * _elements.MinBytes));
        }
        else if (checked(count * Unsafe.SizeOf<T>()) > r.Source.Length)
        {
            throw new CorruptValueException($"an array claims {count} elements in {r.Source.Length} bytes");
        }

        Array array = Array.CreateInstance(typeof(T), lengths, bounds);
        if (_bits)
        {
            MemoryForm.ReadInto(r, ref MemoryMarshal.GetArrayDataReference(array), count * Unsafe.SizeOf<T>());
        }

        return array;
    }

    public override void ReadContent(ReadContext r, object value)
    {
        if (_bits)
        {
            return;
        }

        var array = (Array)value;
        nint count = (nint)array.LongLength;
        for (nint i = 0; i < count; i++)
        {
            At(array, i) = _elements.Read(r);
        }
    }

    private static ref T At(Array array, nint index) =>
        ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), index);
}
