using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>A record of a shard's journal: kind, format, time, contents.</summary>
internal readonly record struct ShardRecord(ShardRecordKind Kind, long Time, ReadOnlyMemory<byte> Body, NodeId Node, bool IsAlive, long Epoch)
{
    private const byte Format = 1;

    public static byte[] Encode(ShardEntry entry) => entry.Kind == ShardRecordKind.Member
        ? EncodeMember(entry.Time, entry.Node, entry.IsAlive)
        : EncodeBody(entry.Kind, entry.Time, entry.Body.Span);

    public static byte[] EncodeBody(ShardRecordKind kind, long time, ReadOnlySpan<byte> body)
    {
        WireWriter w = Begin(kind, time);
        w.Raw(body);
        return WireForm.Finish(w);
    }

    public static byte[] EncodeMember(long time, NodeId node, bool isAlive)
    {
        WireWriter w = Begin(ShardRecordKind.Member, time);
        w.RawNode(node);
        w.Flag(isAlive);
        return WireForm.Finish(w);
    }

    public static byte[] EncodeTick(long time) => WireForm.Finish(Begin(ShardRecordKind.Tick, time));

    public static byte[] EncodeEpoch(long time, long epoch)
    {
        WireWriter w = Begin(ShardRecordKind.Epoch, time);
        w.Int(epoch);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">This is no record of this version.</exception>
    public static ShardRecord Decode(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = new(bytes);
        ShardRecordKind kind = r.Enum<ShardRecordKind>();
        if (r.Byte() != Format)
        {
            throw r.Corrupt("a record of another version");
        }

        long time = r.Long();
        ReadOnlyMemory<byte> body = bytes[^r.Left..];
        ShardRecord record = new(kind, time, default, default, false, 0);
        switch (kind)
        {
            case ShardRecordKind.Batch or ShardRecordKind.Tables or ShardRecordKind.State or ShardRecordKind.Rows or ShardRecordKind.Claims or ShardRecordKind.Keys
                or ShardRecordKind.Jobs or ShardRecordKind.Events or ShardRecordKind.EventItems:
                return record with { Body = body };
            case ShardRecordKind.Member:
                record = record with { Node = r.RawNode(), IsAlive = r.Flag() };
                break;
            case ShardRecordKind.Epoch:
                record = record with { Epoch = r.Long() };
                break;
            case ShardRecordKind.Read:
                throw r.Corrupt("a question is no record");
            default:
                break;
        }

        r.Finish();
        return record;
    }

    /// <summary>A writer with the head of a record.</summary>
    public static WireWriter Begin(ShardRecordKind kind, long time)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte((byte)kind);
        w.Byte(Format);
        w.Int(time);
        return w;
    }
}
