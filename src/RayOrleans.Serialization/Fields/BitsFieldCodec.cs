using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Fields;

/// <summary>A field without references: its bits, without the call through its codec.</summary>
internal sealed class BitsFieldCodec<T>(string name, nint offset, Codec<T> codec) : FieldCodec<T>(name, offset, codec)
{
    public override void Write(WriteContext w, ref byte origin) => w.WriteBits(in At(ref origin));

    public override void Read(ReadContext r, ref byte origin) => At(ref origin) = r.ReadBits<T>();
}
