using Apache.Arrow;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Record batches without their schema.</summary>
internal static class RecordBatchForm
{
    public static void Write(WriteContext w, RecordBatch batch)
    {
        w.WriteCount(batch.Length);
        for (int i = 0; i < batch.ColumnCount; i++)
        {
            ArrayDataForm.Write(w, batch.Column(i).Data);
        }
    }

    public static RecordBatch Read(ReadContext r, Schema schema)
    {
        int length = r.ReadCount();
        var columns = new IArrowArray[schema.FieldsList.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = ArrowArrayFactory.BuildArray(ArrayDataForm.Read(r, schema.FieldsList[i].DataType));
            if (columns[i].Length != length)
            {
                throw new CorruptValueException($"column {i} has {columns[i].Length} of {length} rows");
            }
        }

        return new RecordBatch(schema, columns, length);
    }
}
