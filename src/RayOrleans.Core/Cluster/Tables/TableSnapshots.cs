namespace RayOrleans.Core;

/// <summary>Rows of the table as snapshots, and back. The same row gives the same snapshot.</summary>
internal static class TableSnapshots
{
    public static TableRowSnapshot Of(TableRow row, bool isUnsettled) => new(
        row.Task, row.Owner, row.Epoch, row.FirstAttempt, row.IsPublished, row.IsAdopting, isUnsettled, row.OwnerlessSince, row.Spec, row.Actor,
        [.. row.Objects.Values.OrderBy(o => o.Ref.Id.Index).Select(Of)]);

    public static TableRow ToRow(TableRowSnapshot snapshot)
    {
        TableRow row = new(snapshot.Task)
        {
            Owner = snapshot.Owner,
            Epoch = snapshot.Epoch,
            FirstAttempt = snapshot.FirstAttempt,
            IsPublished = snapshot.IsPublished,
            IsAdopting = snapshot.IsAdopting,
            OwnerlessSince = snapshot.OwnerlessSince,
            Spec = snapshot.Spec,
            Actor = snapshot.Actor,
        };
        foreach (TableObjectSnapshot item in snapshot.Objects)
        {
            row.Objects.Add(item.Report.Ref.Id.Index, ToObject(item));
        }

        return row;
    }

    private static TableObjectSnapshot Of(TableObject item) => new(
        new ObjectReport(item.Ref, item.Status, item.Version, item.Size, item.Value, item.Contained, IsHere: false, HoldLevel.None),
        [.. item.Locations],
        [.. item.Holders.OrderBy(h => h.Key.Value)],
        [.. item.DeadHolds.OrderBy(h => h.Key.Value)],
        [.. item.Subscribers.OrderBy(n => n.Value)]);

    private static TableObject ToObject(TableObjectSnapshot snapshot)
    {
        ObjectReport report = snapshot.Report;
        TableObject item = new(report.Ref)
        {
            Status = report.Status,
            Version = report.Version,
            Size = report.Size,
            Value = report.Value,
            Contained = report.Contained,
        };
        item.Locations.AddRange(snapshot.Locations);
        item.Subscribers.UnionWith(snapshot.Subscribers);
        foreach ((NodeId node, HoldLevel level) in snapshot.Holders)
        {
            item.Holders.Add(node, level);
        }

        foreach ((NodeId node, long until) in snapshot.DeadHolds)
        {
            item.DeadHolds.Add(node, until);
        }

        return item;
    }
}
