using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs.Snapshots;

/// <summary>Snapshots of a shard's table as bytes.</summary>
internal static class TableSnapshotWire
{
    /// <summary>Of the byte that used to say only whether a row is settled: what was added since follows it.</summary>
    private const byte IsUnsettled = 1;
    private const byte HasCounts = 2;

    private static readonly OpaquePayloadWire Payloads = OpaquePayloadWire.Instance;

    public static void WriteHead(WireWriter w, TableSnapshot snapshot)
    {
        w.Int(snapshot.Epoch);
        ShapeWire.WriteNodes(w, snapshot.Dead);
        ShapeWire.WriteNodes(w, snapshot.Alive);
        ShapeWire.WriteNodes(w, snapshot.Republishing);
        WritePairs(w, snapshot.Received, static (w, last) => w.Int(last));
        if (snapshot.Unaware.Count > 0)
        {
            // At the end of its record: heads did not always have it.
            WritePairs(w, [.. snapshot.Unaware.Select(u => KeyValuePair.Create(u.Dead, u.Nodes))], ShapeWire.WriteNodes);
        }
    }

    public static TableSnapshot ReadHead(ref WireReader r)
    {
        TableSnapshot head = new(
            r.Long(), ShapeWire.ReadNodes(ref r), ShapeWire.ReadNodes(ref r), ShapeWire.ReadNodes(ref r), ReadPairs(ref r, static (ref WireReader r) => r.Long()), [], []);
        return r.Left == 0 ? head : head with
        {
            Unaware = [.. ReadPairs(ref r, static (ref WireReader r) => ShapeWire.ReadNodes(ref r)).Select(u => new UnawareNodes(u.Key, u.Value))],
        };
    }

    public static void WriteRow(WireWriter w, TableRowSnapshot row)
    {
        w.Task(row.Task);
        w.Node(row.Owner);
        w.Int(row.Epoch);
        w.Int(row.FirstAttempt);
        w.Flag(row.IsPublished);
        w.Flag(row.IsAdopting);
        bool hasCounts = row.Uncharged != 0 || row.IsEvicted;
        w.Byte((byte)((row.IsUnsettled ? IsUnsettled : 0) | (hasCounts ? HasCounts : 0)));
        if (hasCounts)
        {
            w.Int(row.Uncharged);
            w.Flag(row.IsEvicted);
        }

        w.Int(row.OwnerlessSince);
        TaskSpec? spec = row.Spec ?? row.Stored?.Read();
        w.Flag(spec is not null);
        if (spec is not null)
        {
            SpecWire.Write(w, Payloads, spec);
        }

        ActorWire.WriteReport(w, Payloads, row.Actor);
        w.Count(row.Objects.Count);
        foreach (TableObjectSnapshot item in row.Objects)
        {
            ReportWire.Write(w, Payloads, item.Report);
            ShapeWire.WriteNodes(w, item.Locations);
            WritePairs(w, item.Holders, static (w, level) => w.Byte((byte)level));
            WritePairs(w, item.DeadHolds, static (w, until) => w.Int(until));
            ShapeWire.WriteNodes(w, item.Subscribers);
            w.Flag(item.Keepers is not null);
            if (item.Keepers is { } keepers)
            {
                ShapeWire.WriteNodes(w, keepers);
            }
        }
    }

    public static TableRowSnapshot ReadRow(ref WireReader r)
    {
        const int MinObjectBytes = 40;
        TaskId task = r.Task();
        NodeId owner = r.Node();
        int epoch = r.Int();
        int firstAttempt = r.Int();
        bool isPublished = r.Flag();
        bool isAdopting = r.Flag();
        byte flags = r.Byte();
        if (flags > (IsUnsettled | HasCounts))
        {
            throw r.Corrupt("a row of an unknown sort");
        }

        bool hasCounts = (flags & HasCounts) != 0;
        int uncharged = hasCounts ? r.Int() : 0;
        bool isEvicted = hasCounts && r.Flag();
        long ownerlessSince = r.Long();
        TaskSpec? spec = r.Flag() ? SpecWire.Read(ref r, Payloads) : null;
        ActorReport? actor = ActorWire.ReadReport(ref r, Payloads);
        TableObjectSnapshot[] objects = new TableObjectSnapshot[r.Count(MinObjectBytes)];
        for (int i = 0; i < objects.Length; i++)
        {
            objects[i] = new TableObjectSnapshot(
                ReportWire.Read(ref r, Payloads), ShapeWire.ReadNodes(ref r), ReadPairs(ref r, static (ref WireReader r) => r.Enum<HoldLevel>()),
                ReadPairs(ref r, static (ref WireReader r) => r.Long()), ShapeWire.ReadNodes(ref r),
                r.Flag() ? ShapeWire.ReadNodes(ref r) : null);
        }

        return new TableRowSnapshot(task, owner, epoch, firstAttempt, isPublished, isAdopting, (flags & IsUnsettled) != 0, ownerlessSince, spec, actor, objects)
        {
            Uncharged = uncharged,
            IsEvicted = isEvicted,
        };
    }

    public static void WriteJob(WireWriter w, JobRowSnapshot job)
    {
        JobWire.Write(w, job.Report);
        w.Int(job.MissedSince);
    }

    public static JobRowSnapshot ReadJob(ref WireReader r) => new(JobWire.Read(ref r), r.Long());

    public static void WriteClaims(WireWriter w, NodeId node, NodeClaims claims)
    {
        w.Node(node);
        RefWire.WriteList(w, Payloads, [.. NodeClaims.Ordered(claims.Holds).Select(h => h.Value)]);
        RefWire.WriteList(w, Payloads, [.. NodeClaims.Ordered(claims.Subscriptions).Select(s => s.Value)]);
        w.Count(claims.Copies.Count);
        foreach ((ObjectId id, int version) in NodeClaims.Ordered(claims.Copies))
        {
            w.Object(id);
            w.Int(version);
        }
    }

    public static void ReadClaims(ref WireReader r, RestoredClaims claims)
    {
        NodeClaims node = claims.Of(r.Node());
        foreach (RemoteRef held in RefWire.ReadList(ref r, Payloads))
        {
            node.Holds[held.Id] = held;
        }

        foreach (RemoteRef subscribed in RefWire.ReadList(ref r, Payloads))
        {
            node.Subscriptions[subscribed.Id] = subscribed;
        }

        int copies = r.Count(18);
        for (int i = 0; i < copies; i++)
        {
            node.Copies[r.Object()] = r.Int();
        }
    }

    private static void WritePairs<T>(WireWriter w, IReadOnlyList<KeyValuePair<NodeId, T>> pairs, Action<WireWriter, T> write)
    {
        w.Count(pairs.Count);
        foreach ((NodeId node, T value) in pairs)
        {
            w.Node(node);
            write(w, value);
        }
    }

    private static KeyValuePair<NodeId, T>[] ReadPairs<T>(ref WireReader r, PairValue<T> read)
    {
        KeyValuePair<NodeId, T>[] pairs = new KeyValuePair<NodeId, T>[r.Count(2)];
        for (int i = 0; i < pairs.Length; i++)
        {
            NodeId node = r.Node();
            pairs[i] = KeyValuePair.Create(node, read(ref r));
        }

        return pairs;
    }

    private delegate T PairValue<out T>(ref WireReader r);
}
