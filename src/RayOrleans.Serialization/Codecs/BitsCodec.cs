using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Values without references or addresses: their bits as they are.</summary>
internal sealed class BitsCodec<T> : Codec<T>
{
    public override bool CompleteWhenRead => true;

    public override int MinBytes => Unsafe.SizeOf<T>();

    public override void Write(WriteContext w, in T value) => w.WriteBits(value);

    public override T Read(ReadContext r) => r.ReadBits<T>();

    public override FieldCodec CreateField(string name, nint offset) => new BitsFieldCodec<T>(name, offset, this);
}
