using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>The question where objects are, and its answer, as bytes.</summary>
internal static class TableLookup
{
    private const int MinBytes = 19;

    /// <summary>The shard that keeps what is known of a task's objects; the same on every node.</summary>
    public static int ShardOf(TaskId task, int shardCount) => (int)((task.Low ^ (task.High >> 7)) % (ulong)shardCount);

    public static byte[] EncodeRequest(IReadOnlyList<ObjectId> ids)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte((byte)RequestKind.Lookup);
        w.Byte(BatchCodec.Format);
        ShapeWire.WriteObjects(w, ids);
        return Finish(w);
    }

    public static IReadOnlyList<ObjectId> DecodeRequest(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        r.Byte();
        BatchCodec.CheckFormat(ref r);
        IReadOnlyList<ObjectId> ids = ShapeWire.ReadObjects(ref r);
        r.Finish();
        return ids;
    }

    public static byte[] EncodeAnswer(IReadOnlyList<(ObjectId Id, long Size, IReadOnlyList<NodeId> Locations)> found)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte(BatchCodec.Format);
        w.Count(found.Count);
        foreach ((ObjectId id, long size, IReadOnlyList<NodeId> locations) in found)
        {
            w.Object(id);
            w.Int(size);
            ShapeWire.WriteNodes(w, locations);
        }

        return Finish(w);
    }

    public static List<(ObjectId Id, long Size, IReadOnlyList<NodeId> Locations)> DecodeAnswer(ReadOnlyMemory<byte> answer)
    {
        WireReader r = new(answer);
        BatchCodec.CheckFormat(ref r);
        int count = r.Count(MinBytes);
        List<(ObjectId, long, IReadOnlyList<NodeId>)> found = new(count);
        for (int i = 0; i < count; i++)
        {
            found.Add((r.Object(), r.Size(isHere: false), ShapeWire.ReadNodes(ref r)));
        }

        r.Finish();
        return found;
    }

    internal static byte[] Finish(WireWriter w)
    {
        byte[] bytes = w.ToArray();
        WireWriter.Return(w);
        return bytes;
    }
}
