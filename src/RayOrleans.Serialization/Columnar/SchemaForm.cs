using Apache.Arrow;
using Apache.Arrow.Ipc;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Columnar;

/// <summary>Schemas as Arrow's own IPC stream without batches.</summary>
internal static class SchemaForm
{
    public static void Write(WriteContext w, Schema schema)
    {
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteStart();
            writer.WriteEnd();
        }

        w.WriteCount((int)stream.Length);
        w.WriteBytes(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    public static Schema Read(ReadContext r)
    {
        using var reader = new ArrowStreamReader(r.ReadBytes(r.ReadCount()).ToArray());
        return reader.Schema ?? throw new CorruptValueException("a schema is missing");
    }
}
