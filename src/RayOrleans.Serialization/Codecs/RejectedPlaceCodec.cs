using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Places that hold raw addresses.</summary>
internal sealed class RejectedPlaceCodec(Type type) : Codec
{
    public const string Hint = "an address means nothing in another process; keep the data it points at in an array, or mark the field [NonSerialized].";

    public override Type Type => type;

    public override void WriteBoxed(WriteContext w, object? value) => throw new UnsupportedValueException(type, Hint);

    public override object? ReadBoxed(ReadContext r) => throw new UnsupportedValueException(type, Hint);

    public override FieldCodec CreateField(string name, nint offset) => new AddressFieldCodec(name, offset, type);
}
