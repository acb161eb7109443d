using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Booleans, checked: other bits than 0 and 1 would make a value that is neither.</summary>
internal sealed class BooleanCodec : Codec<bool>
{
    public override bool CompleteWhenRead => true;

    public override void Write(WriteContext w, in bool value) => w.WriteByte(value ? (byte)1 : (byte)0);

    public override bool Read(ReadContext r) => r.ReadBool();
}
