using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Memory;

/// <summary>Read-only memories: of plain elements in place, of others as a copy.</summary>
internal sealed class ReadOnlyMemoryCodec<T>(ValueSerializer serializer) : Codec<ReadOnlyMemory<T>>
{
    private readonly Codec<T[]?> _arrays = serializer.CodecOf<T[]?>();
    private readonly InPlaceReader<T>? _inPlace = InPlaceReader<T>.Create();

    public override void Write(WriteContext w, in ReadOnlyMemory<T> value)
    {
        if (_inPlace is not null)
        {
            MemoryForm.Write(w, value);
        }
        else
        {
            w.WriteByte(MemoryForm.Elements);
            _arrays.Write(w, value.ToArray());
        }
    }

    public override ReadOnlyMemory<T> Read(ReadContext r)
    {
        if (_inPlace is not null)
        {
            return _inPlace.Read(r);
        }

        return r.ReadByte() == MemoryForm.Elements ? _arrays.Read(r) : throw new CorruptValueException("elements of another kind");
    }
}
