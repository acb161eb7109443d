using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Framework;

/// <summary>Types as values.</summary>
internal sealed class TypeCodec() : BodyCodec(typeof(Type))
{
    public override void Write(WriteContext w, object value)
    {
        var type = (Type)value;
        w.Serializer.Types.Assemblies.Add(type);
        byte[] name = TypeNameWriter.Write(type);
        w.WriteCount(name.Length);
        w.WriteBytes(name);
    }

    public override object Read(ReadContext r, int id) => r.Serializer.Types.ResolveType(r.ReadBytes(r.ReadCount()));
}
