using System.Buffers;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Generated;

/// <summary>Objects of types for which Orleans has generated a codec.</summary>
internal sealed class GeneratedCodec(ValueSerializer serializer, Type type) : BodyCodec(type)
{
    private readonly Orleans.Serialization.ObjectSerializer _inner = serializer.Generated.For(type);

    public override void Write(WriteContext w, object value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (NestedTracker.Use(w.Tracker))
        {
            _inner.Serialize(value, output, Type);
        }

        w.WriteCount(output.WrittenCount);
        w.WriteBytes(output.WrittenSpan);
    }

    public override object Read(ReadContext r, int id)
    {
        byte[] bytes = r.ReadBytes(r.ReadCount()).ToArray();
        using (NestedTracker.Use(r.Tracker))
        {
            return _inner.Deserialize(bytes, Type) ?? throw new CorruptValueException($"a null stands where a {TypeText.Of(Type)} is expected");
        }
    }
}
