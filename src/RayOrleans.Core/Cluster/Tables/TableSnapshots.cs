namespace RayOrleans.Core;

/// <summary>Rows of the table as snapshots, and back. The same row gives the same snapshot.</summary>
internal static class TableSnapshots
{
    public static TableRowSnapshot Of(TableRow row, bool isUnsettled) => new(
        row.Task, row.Owner, row.Epoch, row.FirstAttempt, row.IsPublished, row.IsAdopting, isUnsettled, row.OwnerlessSince, row.Spec, row.Actor,
        [.. row.Objects.Values.OrderBy(o => o.Ref.Id.Index).Select(Of)])
    {
        Uncharged = row.Uncharged,
        IsEvicted = row.IsEvicted,
        Stored = row.Stored,
    };

    public static TableRow ToRow(TableRowSnapshot snapshot, TableRows rows)
    {
        TableRow row = rows.RowOf(snapshot.Task);
        rows.SetOwner(row, snapshot.Owner);
        row.Epoch = snapshot.Epoch;
        row.FirstAttempt = snapshot.FirstAttempt;
        row.Uncharged = snapshot.Uncharged;
        row.IsEvicted = snapshot.IsEvicted;
        row.IsPublished = snapshot.IsPublished;
        row.IsAdopting = snapshot.IsAdopting;
        row.OwnerlessSince = snapshot.OwnerlessSince;
        row.Actor = snapshot.Actor;
        foreach (TableObjectSnapshot item in snapshot.Objects)
        {
            AddObject(item, row, rows);
        }

        return row;
    }

    private static TableObjectSnapshot Of(TableObject item) => new(
        new ObjectReport(item.Ref, item.Status, item.Version, item.Size, item.Value, item.Contained, IsHere: false, HoldLevel.None),
        [.. item.Locations],
        [.. item.Holders.OrderBy(h => h.Key.Value)],
        [.. item.DeadHolds.OrderBy(h => h.Key.Value)],
        [.. item.Subscribers.OrderBy(n => n.Value)],
        item.Replicas is null ? null : [.. item.Replicas.Keepers]);

    private static void AddObject(TableObjectSnapshot snapshot, TableRow row, TableRows rows)
    {
        ObjectReport report = snapshot.Report;
        TableObject item = TableRows.ObjectOf(row, report.Ref);
        item.Status = report.Status;
        item.Version = report.Version;
        item.Size = report.Size;
        item.Value = report.Value;
        item.Contained = report.Contained;
        foreach (NodeId node in snapshot.Locations)
        {
            rows.AddLocation(row, item, node);
        }

        if (snapshot.Keepers is { } keepers)
        {
            // Whoever was asked last is asked again: that may not have been sent.
            item.Replicas = new TableReplicas();
            item.Replicas.Keepers.AddRange(keepers);
            rows.SetThin(row, !item.Replicas.IsSafe);
        }

        foreach (NodeId node in snapshot.Subscribers)
        {
            rows.Subscribe(row, item, node);
        }

        foreach ((NodeId node, HoldLevel level) in snapshot.Holders)
        {
            rows.SetHold(row, item, node, level);
        }

        foreach ((NodeId node, long until) in snapshot.DeadHolds)
        {
            rows.AddDeadHold(row, item, node, until);
        }
    }
}
