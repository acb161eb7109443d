using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Strings; their identity is not kept, they cannot change.</summary>
internal sealed class StringCodec : Codec<string?>
{
    public override bool CompleteWhenRead => true;

    public override void Write(WriteContext w, in string? value) => w.WriteString(value);

    public override string? Read(ReadContext r) => r.ReadString();
}
