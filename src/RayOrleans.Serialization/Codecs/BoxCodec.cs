using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Boxed values and other content without an identity worth keeping.</summary>
internal sealed class BoxCodec<T>(Codec<T> inner) : BodyCodec(typeof(T))
{
    public override bool Tracked => false;

    public override void Write(WriteContext w, object value) => inner.Write(w, (T)value);

    public override object Read(ReadContext r, int id) =>
        inner.Read(r) ?? throw new CorruptValueException($"a null stands where a {TypeText.Of(typeof(T))} is expected");
}
