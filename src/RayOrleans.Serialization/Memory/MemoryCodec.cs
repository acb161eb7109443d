using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Memory;

/// <summary>Writable memories: always a copy of the reader's own.</summary>
internal sealed class MemoryCodec<T>(ValueSerializer serializer) : Codec<Memory<T>>
{
    private readonly Codec<T[]?> _arrays = serializer.CodecOf<T[]?>();
    private readonly bool _bits = PlaceFactory.IsBits(typeof(T));

    public override void Write(WriteContext w, in Memory<T> value)
    {
        if (_bits)
        {
            MemoryForm.Write<T>(w, value);
        }
        else
        {
            w.WriteByte(MemoryForm.Elements);
            _arrays.Write(w, value.ToArray());
        }
    }

    public override Memory<T> Read(ReadContext r)
    {
        if (_bits)
        {
            return MemoryForm.ReadArray<T>(r);
        }

        return r.ReadByte() == MemoryForm.Elements ? _arrays.Read(r) : throw new CorruptValueException("elements of another kind");
    }
}
