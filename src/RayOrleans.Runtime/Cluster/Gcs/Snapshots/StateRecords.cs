using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs.Snapshots;

/// <summary>
/// A shard's whole state as records that can stand for its journal: a head with the number of the records that belong to it, then rows, claims, keys, jobs, events, of about
/// <see cref="TargetBytes"/> each.
/// </summary>
internal static class StateRecords
{
    private const int TargetBytes = 256 * 1024;

    public static List<ReadOnlyMemory<byte>> Write(ShardState state, long time)
    {
        TableSnapshot snapshot = state.Tasks.Snapshot();
        List<ReadOnlyMemory<byte>> parts = [];
        WriteChunks(parts, ShardRecordKind.Rows, time, snapshot.Rows, TableSnapshotWire.WriteRow);
        WriteChunks(parts, ShardRecordKind.Claims, time, [.. state.Claims.Nodes.OrderBy(n => n.Key.Value)], static (w, n) => TableSnapshotWire.WriteClaims(w, n.Key, n.Value));
        WriteChunks(parts, ShardRecordKind.Keys, time, [.. state.Keys.Snapshot()], static (w, item) => w.Bytes(item));
        WriteChunks(parts, ShardRecordKind.Jobs, time, snapshot.Jobs, TableSnapshotWire.WriteJob);
        WriteChunks(parts, ShardRecordKind.EventItems, time, [.. state.Events.Snapshot()], static (w, item) => w.Bytes(item));
        WireWriter w = ShardRecord.Begin(ShardRecordKind.State, time);
        w.Count(parts.Count);
        TableSnapshotWire.WriteHead(w, snapshot);
        parts.Insert(0, WireForm.Finish(w));
        return parts;
    }

    /// <summary>The number of records that belong to a head, and what it says.</summary>
    public static (int Parts, TableSnapshot Head) ReadHead(ReadOnlyMemory<byte> body)
    {
        WireReader r = new(body);
        int parts = (int)Math.Min(r.UInt(), int.MaxValue);
        TableSnapshot head = TableSnapshotWire.ReadHead(ref r);
        r.Finish();
        return (parts, head);
    }

    public static void ReadRows(ReadOnlyMemory<byte> body, List<TableRowSnapshot> rows)
    {
        WireReader r = new(body);
        while (r.Left > 0)
        {
            rows.Add(TableSnapshotWire.ReadRow(ref r));
        }
    }

    public static void ReadJobs(ReadOnlyMemory<byte> body, List<JobRowSnapshot> jobs)
    {
        WireReader r = new(body);
        while (r.Left > 0)
        {
            jobs.Add(TableSnapshotWire.ReadJob(ref r));
        }
    }

    public static void ReadClaims(ReadOnlyMemory<byte> body, RestoredClaims claims)
    {
        WireReader r = new(body);
        while (r.Left > 0)
        {
            TableSnapshotWire.ReadClaims(ref r, claims);
        }
    }

    public static void ReadEvents(ReadOnlyMemory<byte> body, EventTable events)
    {
        WireReader r = new(body);
        while (r.Left > 0)
        {
            events.Restore(r.Frame());
        }
    }

    public static void ReadKeys(ReadOnlyMemory<byte> body, KeyTables keys, long time)
    {
        WireReader r = new(body);
        while (r.Left > 0)
        {
            keys.Restore(r.Frame(), time);
        }
    }

    private static void WriteChunks<T>(List<ReadOnlyMemory<byte>> parts, ShardRecordKind kind, long time, IReadOnlyList<T> items, Action<WireWriter, T> write)
    {
        for (int i = 0; i < items.Count;)
        {
            WireWriter w = ShardRecord.Begin(kind, time);
            do
            {
                write(w, items[i++]);
            }
            while (i < items.Count && w.Length < TargetBytes);
            parts.Add(WireForm.Finish(w));
        }
    }
}
