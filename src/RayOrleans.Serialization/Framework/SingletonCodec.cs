using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Framework;

/// <summary>Objects of which every process has exactly one.</summary>
internal sealed class SingletonCodec(Type type, object instance) : BodyCodec(type)
{
    public override void Write(WriteContext w, object value)
    {
    }

    public override object Read(ReadContext r, int id) => instance;
}
