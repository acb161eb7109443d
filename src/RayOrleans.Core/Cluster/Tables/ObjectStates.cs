namespace RayOrleans.Core;

/// <summary>What shards are told of objects, what becomes of their copies, and who is told in turn.</summary>
internal sealed class ObjectStates(TableRows rows, TableLinks links)
{
    /// <summary>Takes a report.</summary>
    public void Set(TableRow row, TableObject item, NodeId from, ObjectReport report)
    {
        bool isOwner = row.Owner == from;
        if (report.Replication != Replication.None)
        {
            item.Replicas ??= new TableReplicas();
        }

        bool isStatus = report.Status is ObjectStatus.Available or ObjectStatus.Failed;
        if (isStatus && isOwner)
        {
            item.Status = report.Status;
            item.Version = report.Version;
            item.Size = report.Size;
            item.Value = report.Value;
            item.Contained = report.Contained;
            if (item.Replicas is not null)
            {
                // Freed: what was kept for it goes at once.
                DiscardCopies(row, item);
            }
        }
        else if (report.Status == ObjectStatus.Remote)
        {
            if (!SetRemote(row, item, from, report, isOwner))
            {
                return;
            }
        }
        else if (isOwner && report.Status == ObjectStatus.Pending && item.Status is ObjectStatus.Available or ObjectStatus.Failed or ObjectStatus.Deleted)
        {
            // It is being made again.
            item.Status = ObjectStatus.Pending;
            item.Value = null;
        }
        else if (isOwner && report.Status == ObjectStatus.Pending && item.Status == ObjectStatus.Remote && row.IsOfEarlierOwner(item.Version))
        {
            DiscardCopies(row, item);
            item.Status = ObjectStatus.Pending;
        }
        else if (isOwner && report.Status == ObjectStatus.Deleted && item.Status == ObjectStatus.Pending)
        {
            // Nobody makes it; whoever wants it has it made.
            item.Status = ObjectStatus.Deleted;
        }

        row.FirstAttempt = Math.Max(row.FirstAttempt, report.Version + 1);
    }

    /// <summary>Nobody wants the value any more.</summary>
    public void DeleteCopies(TableRow row, TableObject item)
    {
        foreach (NodeId node in item.Locations)
        {
            links.Send(node, new DeleteMessage(item.Ref.Id));
        }

        if (item.Replicas is { } replicas && replicas.Asked != NodeId.None)
        {
            links.Send(replicas.Asked, new DeleteMessage(item.Ref.Id));
            replicas.Asked = NodeId.None;
        }

        bool ownerHasCopy = item.Locations.Contains(row.Owner);
        rows.ClearLocations(row, item);
        if (item.Status is ObjectStatus.Remote or ObjectStatus.Available)
        {
            if (item.Contained.Count > 0 && !ownerHasCopy && row.Owner != NodeId.None)
            {
                // What the value refers to may be of the same row, which is not forgotten while it is held.
                links.Send(row.Owner, new DeleteMessage(item.Ref.Id));
            }

            item.Status = ObjectStatus.Deleted;
            item.Value = null;
            item.Contained = [];
        }
    }

    public void TellAll(TableRow row)
    {
        foreach (TableObject item in row.Objects.Values)
        {
            Tell(row, item);
        }
    }

    public void Tell(TableRow row, TableObject item)
    {
        if (item.Subscribers.Count == 0 && (row.Owner == NodeId.None || item.Locations.Count == 0))
        {
            return;
        }

        StateMessage state = Of(row, item);
        foreach (NodeId subscriber in item.Subscribers)
        {
            links.Send(subscriber, state);
        }

        if (row.Owner != NodeId.None && !item.Subscribers.Contains(row.Owner))
        {
            links.Send(row.Owner, state);
        }
    }

    public static StateMessage Of(TableRow row, TableObject item) => new(item.ToStatus(), [.. item.Locations], row.Owner, row.Actor);

    /// <summary>Chooses nodes to keep copies of what is replicated, while there are too few. True: there are.</summary>
    public bool IsThin(TableRow row, TableObject item)
    {
        if (item is not { Replicas: { IsSafe: false } replicas, Status: ObjectStatus.Remote, Locations.Count: > 0 })
        {
            return false;
        }

        if (replicas.Asked == NodeId.None)
        {
            // Who has a copy already need not pull it.
            NodeId next = links.Next(replicas.Last, n => item.Locations.Contains(n) && !replicas.Keepers.Contains(n));
            next = next == NodeId.None ? links.Next(replicas.Last, n => !replicas.Keepers.Contains(n)) : next;
            if (next != NodeId.None)
            {
                replicas.Asked = replicas.Last = next;
                links.Send(next, new KeepMessage(item.ToReport(), [.. item.Locations], row.Owner));
            }
        }

        return true;
    }

    /// <summary>A node that was to keep a copy has said whether it does, or will not any more.</summary>
    public static void Answered(TableObject item, NodeId node)
    {
        if (item.Replicas is { } replicas && replicas.Asked == node)
        {
            replicas.Asked = NodeId.None;
        }
    }

    private static void AddKeeper(TableReplicas replicas, NodeId node)
    {
        if (!replicas.Keepers.Contains(node))
        {
            replicas.Keepers.Add(node);
        }
    }

    /// <summary>False: that copy does not count.</summary>
    private bool SetRemote(TableRow row, TableObject item, NodeId from, ObjectReport report, bool isOwner)
    {
        // What an earlier owner's attempt made counts if it was here when the record was handed over; else the next owner makes its own.
        bool isUnmade = item.Status is ObjectStatus.Pending or ObjectStatus.Deleted;
        if (report.Version < item.Version || (!isOwner && isUnmade && row.IsOfEarlierOwner(report.Version)))
        {
            if (report.IsHere)
            {
                links.Send(from, new DiscardMessage(item.Ref.Id, report.Version));
            }

            return false;
        }

        // The same version of a deleted one is a copy that the deletion has not reached.
        bool isMadeAgain = item.Status == ObjectStatus.Deleted && report.Version > item.Version;
        if (item.Status is ObjectStatus.Pending or ObjectStatus.Remote || isMadeAgain || isOwner)
        {
            if (report.Version > item.Version)
            {
                DiscardCopies(row, item);
            }

            item.Status = ObjectStatus.Remote;
            item.Version = report.Version;
            item.Size = report.Size;
            item.Value = null;
            item.Contained = report.Contained;
        }

        if (report.IsHere && item.Version != report.Version)
        {
            links.Send(from, new DiscardMessage(item.Ref.Id, report.Version));
        }
        else if (report.IsHere && item.Replicas is not null && item.Status == ObjectStatus.Failed)
        {
            Answered(item, from);
            links.Send(from, new DiscardMessage(item.Ref.Id, report.Version));
        }
        else if (report.IsHere)
        {
            rows.AddLocation(row, item, from);
            if (report.Replication == Replication.Kept)
            {
                Answered(item, from);
                AddKeeper(item.Replicas!, from);
            }
        }

        return true;
    }

    /// <summary>Another version counts: the copies of this one go.</summary>
    private void DiscardCopies(TableRow row, TableObject item)
    {
        foreach (NodeId node in item.Locations)
        {
            links.Send(node, new DiscardMessage(item.Ref.Id, item.Version));
        }

        rows.ClearLocations(row, item);
    }
}
