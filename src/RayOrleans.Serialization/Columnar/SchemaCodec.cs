using Apache.Arrow;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Arrow schemas.</summary>
internal sealed class SchemaCodec() : BodyCodec(typeof(Schema))
{
    public override void Write(WriteContext w, object value) => SchemaForm.Write(w, (Schema)value);

    public override object Read(ReadContext r, int id) => SchemaForm.Read(r);
}
