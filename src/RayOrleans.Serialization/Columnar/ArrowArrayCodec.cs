using Apache.Arrow;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Single Arrow arrays, read in place.</summary>
internal sealed class ArrowArrayCodec(Type type) : BodyCodec(type)
{
    public override void Write(WriteContext w, object value)
    {
        ArrayData data = ((IArrowArray)value).Data;
        SchemaForm.Write(w, new Schema([new Field("", data.DataType, nullable: true)], null));
        ArrayDataForm.Write(w, data);
    }

    public override object Read(ReadContext r, int id)
    {
        Schema schema = SchemaForm.Read(r);
        return schema.FieldsList is [{ } only]
            ? ArrowArrayFactory.BuildArray(ArrayDataForm.Read(r, only.DataType))
            : throw new CorruptValueException("an Arrow array without its type");
    }
}
