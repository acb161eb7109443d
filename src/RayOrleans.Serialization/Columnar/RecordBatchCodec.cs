using Apache.Arrow;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Record batches, read in place.</summary>
internal sealed class RecordBatchCodec() : BodyCodec(typeof(RecordBatch))
{
    public override void Write(WriteContext w, object value)
    {
        var batch = (RecordBatch)value;
        SchemaForm.Write(w, batch.Schema);
        RecordBatchForm.Write(w, batch);
    }

    public override object Read(ReadContext r, int id) => RecordBatchForm.Read(r, SchemaForm.Read(r));
}
