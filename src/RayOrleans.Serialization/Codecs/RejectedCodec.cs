using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Objects that cannot travel.</summary>
internal sealed class RejectedCodec(Type type, string hint) : BodyCodec(type)
{
    public override void Write(WriteContext w, object value) => throw new UnsupportedValueException(value.GetType(), hint);

    public override object Read(ReadContext r, int id) => throw new UnsupportedValueException(Type, hint);
}
