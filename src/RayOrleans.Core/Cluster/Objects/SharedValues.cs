namespace RayOrleans.Core;

/// <summary>The values here of objects that other nodes know too: the table is told when they come and when they go.</summary>
internal sealed class SharedValues(
    ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, ObjectFetches fetches, Replicas replicas)
{
    /// <summary>Called for each shared object that has got a value or a failure, or is known to have a value elsewhere.</summary>
    public void OnSettled(ObjectEntry entry)
    {
        SharedState state = entry.Shared!;
        if (shared.IsOwned(state))
        {
            publications.Report(entry);
            replicas.OnSettled(entry);
        }
        else if (entry.Producer is { State: TaskState.Elsewhere } producer)
        {
            // Should it be lost, whoever waits then says so again.
            producer.IsWanted = false;
            producer.WantTold = default;
        }

        if (entry.Status == ObjectStatus.Remote)
        {
            if (WaitList.IsWaitedFor(entry))
            {
                fetches.Need(entry);
            }
            else
            {
                fetches.TryFetch(entry, state);
            }
        }
        else
        {
            state.IsNeeded = false;
        }
    }

    /// <summary>
    /// The value here is gone, and may be elsewhere: the table is told, and says where it is, or asks its owner to make it again. False: only this node has
    /// ever had it, as far as anybody knows.
    /// </summary>
    public bool Lose(ObjectEntry entry)
    {
        if (entry.Shared is not { } state)
        {
            return false;
        }

        objects.Arguments!.OnEvicted(state);
        if (!shared.IsOwned(state))
        {
            shared.DropCopy(entry, state);
            shared.Evaluate(entry);
            return true;
        }

        if (SharedTable.HeadOf(entry).Shared is not { IsPublished: true } && !state.HasCopy)
        {
            // Nobody else knows it: no other node has a copy.
            return false;
        }

        // What the value refers to stays used by it, wherever it is.
        ObjectEntry[]? contained = entry.Contained;
        foreach (ObjectEntry inner in contained ?? [])
        {
            inner.Uses++;
        }

        state.HasCopy = state.IsPrimary = false;
        state.Locations = [];
        int version = entry.Version;
        shared.DropValue(entry, ObjectStatus.Remote);
        entry.Contained = contained;
        links.SendToShardOf(entry.TaskId, new UnlocatedMessage(entry.Id, version));
        shared.Evaluate(entry);
        return true;
    }

    /// <summary>What this node would serve to a puller: exactly that version.</summary>
    public (ObjectEntry Entry, object? Value)? TryServe(ObjectId id, int version) =>
        shared.Find(id) is { Status: ObjectStatus.Available } entry && entry.Version == version ? (entry, entry.Value) : null;

    /// <summary>Copies that nobody here has needed for a while go.</summary>
    /// <param name="ticks">How many ticks there were so far.</param>
    public void DropIdleCopies(long ticks)
    {
        const int KeptTicks = 100;
        List<ObjectEntry>? idle = null;
        foreach (ObjectEntry entry in shared.Copies)
        {
            SharedState state = entry.Shared!;
            if (entry.IsHeld || state.Covers > 0 || state.IsPrimary || shared.IsOwned(state))
            {
                state.IdleSince = ticks;
            }
            else if (ticks - state.IdleSince > KeptTicks)
            {
                (idle ??= []).Add(entry);
            }
        }

        foreach (ObjectEntry entry in idle ?? [])
        {
            shared.DropCopy(entry, entry.Shared!);
        }
    }

    /// <summary>What this node knows of a shared object, for people.</summary>
    public string Describe(ObjectId id)
    {
        if (shared.Find(id) is not { Shared: { } state } entry)
        {
            return "not shared here";
        }

        string task = entry.Producer is { } producer
            ? $", task {producer.State} attempt {producer.AttemptNumber} missing {producer.MissingInputs} on {producer.RunsOn} epoch {state.OwnerEpoch}"
            : "";
        return $"{entry.Status} version {entry.Version}, owner {state.Owner}, level {LevelText(entry)}, reported {state.Reported} (in flight {state.ReportsInFlight}), covers {state.Covers}, "
            + $"published {state.IsPublished}/{state.IsPublishClosed}, copy {state.HasCopy}, subscribed {state.IsSubscribed}, needed {state.IsNeeded}, fetching {state.IsFetching}, locations {state.Locations.Count}{task}";
    }

    private static string LevelText(ObjectEntry entry) => $"{SharedTable.LevelOf(entry)} (holds {entry.Holds}, uses {entry.Uses}, lineage {entry.LineageUses})";
}
