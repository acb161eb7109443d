using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Memory;

/// <summary>Array segments: the elements of the segment, not the whole array.</summary>
internal sealed class ArraySegmentCodec<T>(ValueSerializer serializer) : Codec<ArraySegment<T>>
{
    private readonly Codec<T[]?> _arrays = serializer.CodecOf<T[]?>();
    private readonly bool _bits = PlaceFactory.IsBits(typeof(T));

    public override void Write(WriteContext w, in ArraySegment<T> value)
    {
        if (value.Array is null)
        {
            w.WriteByte(MemoryForm.Absent);
        }
        else if (_bits)
        {
            w.WriteByte(MemoryForm.Inline);
            MemoryForm.Write(w, value.Array, (long)value.Offset * Unsafe.SizeOf<T>(), (long)value.Count * Unsafe.SizeOf<T>());
        }
        else
        {
            w.WriteByte(MemoryForm.Elements);
            _arrays.Write(w, value.ToArray());
        }
    }

    public override ArraySegment<T> Read(ReadContext r) => r.ReadByte() switch
    {
        MemoryForm.Absent => default,
        MemoryForm.Inline when _bits => new ArraySegment<T>(MemoryForm.ReadArray<T>(r)),
        MemoryForm.Elements when !_bits => new ArraySegment<T>(_arrays.Read(r) ?? throw new CorruptValueException("a segment without an array")),
        byte other => throw new CorruptValueException($"tag {other} stands where a segment is expected"),
    };
}
