using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Gcs.Snapshots;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

/// <summary>Rows of a shard's state as bytes, in the form that was written before rows had counts, too.</summary>
public sealed class TableSnapshotWireTests
{
    [Theory]
    [InlineData(0, false, false)]
    [InlineData(0, false, true)]
    [InlineData(3, false, true)]
    [InlineData(0, true, false)]
    public void Row_WrittenAndRead_SaysTheSame(int uncharged, bool isEvicted, bool isUnsettled)
    {
        TableRowSnapshot row = Row(isUnsettled) with { Uncharged = uncharged, IsEvicted = isEvicted };
        WireWriter w = WireWriter.Borrow();
        TableSnapshotWire.WriteRow(w, row);

        Structural.Same(row, Read(WireForm.Finish(w)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Row_OfTheEarlierForm_IsReadAsOneWithNothingToCount(bool isUnsettled)
    {
        TableRowSnapshot row = Row(isUnsettled);
        WireWriter w = WireWriter.Borrow();
        w.Task(row.Task);
        w.Node(row.Owner);
        w.Int(row.Epoch);
        w.Int(row.FirstAttempt);
        w.Flag(row.IsPublished);
        w.Flag(row.IsAdopting);
        w.Flag(row.IsUnsettled);
        w.Int(row.OwnerlessSince);
        w.Flag(false);
        ActorWire.WriteReport(w, OpaquePayloadWire.Instance, null);
        w.Count(0);

        Structural.Same(row, Read(WireForm.Finish(w)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Head_WithAndWithoutDeathsThatAreNotKnownYet_SaysTheSame(bool isAwaited)
    {
        TableSnapshot head = new(7, [new NodeId(1)], [new NodeId(2)], [new NodeId(2)], [KeyValuePair.Create(new NodeId(2), 5L)], [], []);
        WireWriter w = WireWriter.Borrow();
        TableSnapshotWire.WriteHead(w, head);
        byte[] earlier = WireForm.Finish(w);
        TableSnapshot written = isAwaited ? head with { Unaware = [new UnawareNodes(new NodeId(1), [new NodeId(2), new NodeId(3)]), new UnawareNodes(new NodeId(4), [])] } : head;
        w = WireWriter.Borrow();
        TableSnapshotWire.WriteHead(w, written);
        byte[] bytes = WireForm.Finish(w);

        WireReader r = new(bytes);
        TableSnapshot read = TableSnapshotWire.ReadHead(ref r);
        r.Finish();

        Structural.Same(written, read);
        Assert.Equal(isAwaited, bytes.Length > earlier.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Records_WithNothingToCount_AreWrittenAsBefore(bool counts)
    {
        PublishMessage publish = new(new TaskId(1, 2), null, 0, 1, [], null) { Uncharged = counts ? 1 : 0 };
        AdoptMessage adopt = new(new TaskId(1, 2), null, 1, 1, [], null) { IsEvicted = counts };
        WireWriter w = WireWriter.Borrow();
        MessageWriter.Write(w, OpaquePayloadWire.Instance, publish);
        byte[] published = WireForm.Finish(w);
        w = WireWriter.Borrow();
        MessageWriter.Write(w, OpaquePayloadWire.Instance, adopt);
        byte[] adopted = WireForm.Finish(w);

        Assert.Equal(counts ? (32, 47) : (20, 44), (published[0], adopted[0]));
    }

    private static TableRowSnapshot Row(bool isUnsettled) => new(new TaskId(1, 2), new NodeId(3), 1, 70_000, true, false, isUnsettled, 5, null, null, []);

    private static TableRowSnapshot Read(byte[] bytes)
    {
        WireReader r = new(bytes);
        TableRowSnapshot row = TableSnapshotWire.ReadRow(ref r);
        r.Finish();
        return row;
    }
}
