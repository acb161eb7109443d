namespace RayOrleans.Core;

/// <summary>What the table has this node do with objects: let a copy go, delete a value that nobody holds, forget a record, make a value again.</summary>
internal sealed class TableOrders(
    ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, ShardRestarts restarts, RebuildMachine rebuild)
{
    /// <summary>A copy here is not wanted.</summary>
    public void OnDiscard(DiscardMessage message)
    {
        if (shared.Find(message.Id) is { Status: ObjectStatus.Available, Shared: { HasCopy: true } state } entry
            && entry.Version == message.Version && !shared.IsOwned(state))
        {
            shared.DropCopy(entry, state);
        }
    }

    /// <summary>Nobody holds the object any more, as far as the table was told.</summary>
    public void OnDelete(DeleteMessage message)
    {
        if (shared.Find(message.Id) is not { Shared: { } state } entry)
        {
            return;
        }

        if (SharedTable.LevelOf(entry) == HoldLevel.Value)
        {
            // A reference came just before: what is here is told again.
            if (state.HasCopy || shared.IsOwned(state))
            {
                links.SendToShardOf(entry.TaskId, new ObjectMessage(publications.ReportOf(entry)));
            }

            if (state.Reported != HoldLevel.None)
            {
                shared.Report(entry, state.Reported);
            }

            return;
        }

        state.HasCopy = state.IsPrimary = state.IsKeeping = false;
        if (entry.Status is ObjectStatus.Available or ObjectStatus.Remote)
        {
            shared.DropValue(entry, shared.IsOwned(state) ? ObjectStatus.Deleted : ObjectStatus.Pending);
        }

        shared.Evaluate(entry);
    }

    /// <summary>Nobody refers to anything of the task any more: its owner keeps its record for itself, or not at all.</summary>
    public void OnForget(ForgetMessage message)
    {
        ObjectEntry? head = shared.Find(new ObjectId(message.Task, 0)) ?? shared.Find(new ObjectId(message.Task, ObjectId.PutIndex));
        List<ObjectEntry> entries = head is null ? [.. shared.All.Where(e => e.TaskId == message.Task)] : [.. Publications.EntriesOf(head)];
        if (entries.Exists(e => e.Shared is { } state && shared.IsOwned(state) && SharedTable.LevelOf(e) != HoldLevel.None))
        {
            // It came to be held again meanwhile: the table, which has dropped what it knew, is told anew.
            Party shard = Party.OfShard(links.ShardOf(message.Task));
            foreach (ObjectEntry entry in entries.Where(e => e.Shared is { } state && shared.IsOwned(state)))
            {
                entry.Shared!.Reported = SharedTable.LevelOf(entry);
                restarts.Tell(shard, entry, entry.Shared);
            }

            return;
        }

        foreach (ObjectEntry entry in entries)
        {
            if (entry.Shared is { } state && shared.IsOwned(state))
            {
                shared.Unshare(entry);
                if (entry.Status == ObjectStatus.Remote || SharedTable.IsUnmade(entry))
                {
                    objects.Drop(entry, ObjectStatus.Deleted);
                }
            }
        }

        foreach (ObjectEntry entry in entries)
        {
            objects.Reconsider(entry);
        }
    }

    /// <summary>No node has the value that this node owns.</summary>
    public void OnRebuild(RebuildMessage message)
    {
        if (shared.Find(message.Id) is not { Shared: { } state } entry || !shared.IsOwned(state))
        {
            return;
        }

        if (entry.Status == ObjectStatus.Available || (entry.Status == ObjectStatus.Remote && entry.Version > message.Version))
        {
            links.SendToShardOf(entry.TaskId, new ObjectMessage(publications.ReportOf(entry)));
        }
        else if (entry.Status == ObjectStatus.Remote || SharedTable.IsUnmade(entry))
        {
            NodeId last = state.Locations.Count > 0 ? state.Locations[0] : state.LostOn;
            state.Locations = [];
            rebuild.Lose(entry, last == NodeId.None ? "with its node" : $"with node {last}, the last that had a copy of it");
        }
        else if (entry.Status == ObjectStatus.Failed)
        {
            publications.Report(entry);
        }
    }
}
