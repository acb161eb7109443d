namespace RayOrleans.Core;

/// <summary>
/// This node's part in objects of which two nodes keep a copy each (<c>Durability.Replicated</c>). The table chooses who does, because it outlives the owner. A kept copy
/// is a copy like any other that stays until the table says otherwise; it holds nothing.
/// </summary>
internal sealed class Replicas(
    ClusterOptions options, ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, ObjectFetches fetches)
{
    private readonly HashSet<SharedState> _awaited = [];

    /// <summary>What its owner says of an object.</summary>
    public static Replication Of(ObjectEntry entry) => entry.Shared is not { IsReplicated: true } state
        ? Replication.None
        : entry.Status == ObjectStatus.Available && IsKeptHere(state) ? Replication.Kept : Replication.Wanted;

    /// <summary>What a node says of its copy.</summary>
    public static Replication OfCopy(SharedState state) => state is { IsReplicated: true, IsPrimary: true } ? Replication.Kept : Replication.None;

    /// <summary>Tells the table of a value that was put here; it does the rest.</summary>
    /// <returns>What settles once two nodes keep a copy each; null: there is no other node.</returns>
    public ObjectEntry? Begin(ObjectEntry entry)
    {
        SharedState state = shared.Share(entry);
        state.IsReplicated = true;
        Barrier published = new(links.Released, static () => { });
        publications.Expose(entry, published);
        published.Done();
        if (links.Alive.Count == 1)
        {
            return null;
        }

        _awaited.Add(state);
        return state.Ticket = new ObjectEntry(entry.TaskId, ObjectId.PutIndex);
    }

    /// <summary>The table has chosen this node to keep a copy. It always answers.</summary>
    public void OnKeep(KeepMessage message)
    {
        RemoteRef reference = message.Report.Ref with { Owner = message.Owner };
        ObjectEntry? entry = shared.Find(reference.Id);
        if (entry is null && message.Owner == options.Self)
        {
            links.SendToShardOf(reference.Id.Task, new UnlocatedMessage(reference.Id, message.Report.Version));
            return;
        }

        entry ??= shared.FindOrCreate(reference);
        SharedState state = entry.Shared!;
        state.IsReplicated = true;
        switch (entry.Status)
        {
            case ObjectStatus.Available when entry.Version == message.Report.Version:
                if (!IsKeptHere(state))
                {
                    fetches.Keep(entry, state, entry.Value);
                    if (!shared.IsOwned(state))
                    {
                        shared.Uncover(entry.Contained ?? [], null);
                    }
                }

                links.SendToShardOf(entry.TaskId, new ObjectMessage(fetches.CopyOf(entry, entry.Version) with { Replication = Replication.Kept }));
                break;
            case ObjectStatus.Pending or ObjectStatus.Remote:
                state.IsKeeping = state.IsNeeded = true;
                state.Locations = message.Locations;
                if (entry.Status == ObjectStatus.Pending)
                {
                    state.RemoteContained = message.Report.Contained;
                    objects.SetRemote(entry, message.Report.Size, null, message.Report.Version);
                }

                fetches.TryFetch(entry, state);
                OnPulled(entry);
                break;
            default:
                Refuse(entry, message.Report.Version);
                break;
        }
    }

    /// <summary>A pull has ended, or could not begin: if it brought nothing that can be kept, the table chooses again.</summary>
    public void OnPulled(ObjectEntry entry)
    {
        if (entry.Shared is { IsKeeping: true, IsFetching: false } state)
        {
            state.IsKeeping = false;
            state.IsNeeded = WaitList.IsWaitedFor(entry);
            Refuse(entry, entry.Version);
        }
    }

    /// <summary>The table says how safe an object of this node's is.</summary>
    public void OnState(SharedState state, Replication replication)
    {
        if (replication == Replication.Kept)
        {
            EndWait(state);
        }
    }

    /// <summary>An object of this node's has a value, or a failure for which nobody keeps copies.</summary>
    public void OnSettled(ObjectEntry entry)
    {
        if (entry.Status == ObjectStatus.Failed)
        {
            EndWait(entry.Shared!);
        }
    }

    /// <summary>A node has died: where no other is left, nobody waits for one.</summary>
    public void OnDied()
    {
        if (links.Alive.Count > 1)
        {
            return;
        }

        foreach (SharedState state in _awaited.ToList())
        {
            EndWait(state);
        }
    }

    /// <summary>Nobody waits any more: the node's own job has ended.</summary>
    public void GiveUp(string why)
    {
        foreach (SharedState state in _awaited)
        {
            ObjectEntry ticket = state.Ticket!;
            state.Ticket = null;
            objects.SetFailure(ticket, new Failure(FailureKind.Shutdown, $"Object {ticket.Id} was not replicated: {why}.", null, ticket.TaskId));
        }

        _awaited.Clear();
    }

    private static bool IsKeptHere(SharedState state) => !state.HasCopy || state.IsPrimary;

    private void EndWait(SharedState state)
    {
        if (state.Ticket is { } ticket)
        {
            state.Ticket = null;
            _awaited.Remove(state);
            objects.SetValue(ticket, null, 0, null, 0);
        }
    }

    private void Refuse(ObjectEntry entry, int version)
    {
        links.SendToShardOf(entry.TaskId, new UnlocatedMessage(entry.Id, version));
        shared.Evaluate(entry);
    }
}
