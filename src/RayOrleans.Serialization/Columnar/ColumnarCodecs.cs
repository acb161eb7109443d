using Apache.Arrow;
using RayOrleans.Serialization.Codecs;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Chooses the codec of Arrow's classes.</summary>
internal static class ColumnarCodecs
{
    public static BodyCodec? Find(Type type)
    {
        if (type == typeof(RecordBatch))
        {
            return new RecordBatchCodec();
        }

        return type == typeof(Table) ? new TableCodec()
            : type == typeof(Schema) ? new SchemaCodec()
            : typeof(IArrowArray).IsAssignableFrom(type) && type.Assembly == typeof(IArrowArray).Assembly ? new ArrowArrayCodec(type)
            : null;
    }
}
