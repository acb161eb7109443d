using Apache.Arrow;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Arrow tables, chunk by chunk, read in place.</summary>
internal sealed class TableCodec() : BodyCodec(typeof(Table))
{
    public override void Write(WriteContext w, object value)
    {
        var table = (Table)value;
        SchemaForm.Write(w, table.Schema);
        for (int i = 0; i < table.ColumnCount; i++)
        {
            ChunkedArray chunks = table.Column(i).Data;
            w.WriteCount(chunks.ArrayCount);
            for (int j = 0; j < chunks.ArrayCount; j++)
            {
                ArrayDataForm.Write(w, chunks.ArrowArray(j).Data);
            }
        }
    }

    public override object Read(ReadContext r, int id)
    {
        Schema schema = SchemaForm.Read(r);
        var columns = new List<Column>();
        foreach (Field field in schema.FieldsList)
        {
            var chunks = new List<IArrowArray>();
            for (int left = r.ReadElementCount(); left > 0; left--)
            {
                chunks.Add(ArrowArrayFactory.BuildArray(ArrayDataForm.Read(r, field.DataType)));
            }

            columns.Add(new Column(field, chunks));
        }

        return new Table(schema, columns);
    }
}
