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
        WireWriter w = WireForm.Request(RequestKind.Lookup);
        ShapeWire.WriteObjects(w, ids);
        return WireForm.Finish(w);
    }

    public static IReadOnlyList<ObjectId> DecodeRequest(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        IReadOnlyList<ObjectId> ids = ShapeWire.ReadObjects(ref r);
        r.Finish();
        return ids;
    }

    public static byte[] EncodeAnswer(IReadOnlyList<(ObjectId Id, long Size, IReadOnlyList<NodeId> Locations)> found)
    {
        WireWriter w = WireForm.Answer();
        w.Count(found.Count);
        foreach ((ObjectId id, long size, IReadOnlyList<NodeId> locations) in found)
        {
            w.Object(id);
            w.Int(size);
            ShapeWire.WriteNodes(w, locations);
        }

        return WireForm.Finish(w);
    }

    public static List<(ObjectId Id, long Size, IReadOnlyList<NodeId> Locations)> DecodeAnswer(ReadOnlyMemory<byte> answer)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        int count = r.Count(MinBytes);
        List<(ObjectId, long, IReadOnlyList<NodeId>)> found = new(count);
        for (int i = 0; i < count; i++)
        {
            found.Add((r.Object(), r.Size(isHere: false), ShapeWire.ReadNodes(ref r)));
        }

        r.Finish();
        return found;
    }
}
