using System.Reflection;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Functions;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Framework;

/// <summary>Methods and constructors as values.</summary>
internal sealed class MethodCodec(Type type) : BodyCodec(type)
{
    public override void Write(WriteContext w, object value)
    {
        byte[] name = MethodName.Write((MethodBase)value);
        w.WriteCount(name.Length);
        w.WriteBytes(name);
    }

    public override object Read(ReadContext r, int id) => MethodName.Read(r.ReadBytes(r.ReadCount()), r.Serializer.Types.Assemblies, out _);
}
