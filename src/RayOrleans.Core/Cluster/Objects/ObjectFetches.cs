namespace RayOrleans.Core;

/// <summary>Values that are needed here and lie elsewhere: asked for at the object table, pulled once the table has named who has them.</summary>
internal sealed class ObjectFetches(ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, Outbox outbox)
{
    private readonly List<ObjectEntry> _stale = [];

    /// <summary>
    /// Somebody waits for the object: it is asked for at the table, and its value comes here if that is what is waited for. Who waits only until
    /// it exists, as a task that is not placed yet, moves no bytes: that task goes where they are. Nothing happens for a value that is being
    /// made here, or comes by itself.
    /// </summary>
    public void Need(ObjectEntry entry)
    {
        if (entry.Shared is not { } state || entry.IsSettled)
        {
            return;
        }

        if (!shared.IsOwned(state) && !entry.Id.IsPut && state.Job is { EndedBecause: { } why })
        {
            // Its owner ends everything of that job, and may have done so before it heard of this node.
            shared.DropValue(entry, ObjectStatus.Pending);
            objects.SetFailure(entry, new Failure(FailureKind.Shutdown, $"Object {entry.Id} has no value: {why}.", null, entry.TaskId, entry.Producer?.Name));
            return;
        }

        if (objects.Fit!.Refuse(entry) is { } refusal)
        {
            objects.Refuse(entry, refusal);
            return;
        }

        state.IsNeeded |= WaitList.IsWaitedFor(entry);
        if (!shared.IsOwned(state))
        {
            Subscribe(entry, state);
        }

        TryFetch(entry, state);
    }

    /// <summary>The table told the owner where the object is.</summary>
    public void OnLocations(ObjectEntry entry, SharedState state, StateMessage message)
    {
        state.Locations = message.Locations;
        if (state.IsAsking)
        {
            state.IsAsking = false;
            if (entry.Status == ObjectStatus.Remote && message.Report.Status == ObjectStatus.Pending)
            {
                // It told this node to make the value again before the outcome had come that said there was one.
                publications.Insist(entry);
            }
        }

        TryFetch(entry, state);
    }

    /// <summary>A node died: nothing can be pulled from there.</summary>
    public void OnDied(NodeId node)
    {
        foreach (ObjectEntry entry in shared.All)
        {
            if (entry.Shared!.Locations.Contains(node))
            {
                entry.Shared.Locations = [.. entry.Shared.Locations.Where(n => n != node)];
                entry.Shared.LostOn = node;
            }
        }
    }

    /// <summary>Starts the pull, once it is known that and where the value is.</summary>
    public void TryFetch(ObjectEntry entry, SharedState state)
    {
        if (!state.IsNeeded || state.IsStale || entry.Status != ObjectStatus.Remote || objects.Fit!.Refuse(entry) is not null)
        {
            return;
        }

        // A copy to keep is no task's argument: it does not wait for one to be admitted.
        FetchReason reason = WaitList.ReasonOf(entry) ?? FetchReason.Argument;
        if (reason == FetchReason.Argument && state.IsKeeping)
        {
            reason = FetchReason.Wait;
        }

        if (state.IsFetching)
        {
            Raise(entry, state, reason);
            return;
        }

        if (reason == FetchReason.Argument && state.AdmittedFor == 0)
        {
            // Pulled with all that its task needs, once that is admitted.
            return;
        }

        NodeId[] from = Sources(state);
        if (from.Length > 0)
        {
            state.IsFetching = true;
            state.FetchReason = reason;
            outbox.Add(EffectKind.Fetch, entry, new FetchPlan(entry.Id, entry.Version, entry.Size, from, reason));
        }
        else if (shared.IsOwned(state))
        {
            // Nobody tells an owner of its own accord where its objects are.
            state.IsStale = true;
            _stale.Add(entry);
        }
    }

    /// <summary>A copy that was pulled stays from here on.</summary>
    public void Keep(ObjectEntry entry, SharedState state, object? value)
    {
        state.IsPrimary = true;
        outbox.Add(EffectKind.Keep, entry, value);
    }

    /// <summary>What the table is told of a copy in this node's store.</summary>
    public ObjectReport CopyOf(ObjectEntry entry, int version) =>
        new(shared.RefOf(entry), ObjectStatus.Remote, version, entry.Size, null, shared.RefsOf(entry.Contained), IsHere: true, HoldLevel.None) { Replication = Replicas.OfCopy(entry.Shared!) };

    /// <summary>Where the value can be pulled from as far as is known by now; nowhere when this version is not wanted any more.</summary>
    public IReadOnlyList<NodeId> SourcesOf(ObjectEntry entry, int version) =>
        entry is { Status: ObjectStatus.Remote, Shared: { } state } && entry.Version == version ? Sources(state) : [];

    /// <summary>A pull succeeded. False: the value is not wanted in that version any more.</summary>
    public bool OnFetched(ObjectEntry entry, int version, object? value, long size)
    {
        if (entry.Shared is not { } state)
        {
            return false;
        }

        state.IsFetching = false;
        if (entry.Status != ObjectStatus.Remote || entry.Version != version)
        {
            TryFetch(entry, state);
            shared.Evaluate(entry);
            return false;
        }

        state.IsNeeded = false;
        entry.Size = size;
        if (!shared.IsOwned(state) && state.RemoteContained.Count > 0)
        {
            // What the value refers to is held by its owner while this node holds the value; a copy that is kept without being held holds it itself.
            ObjectEntry[] contained = [.. state.RemoteContained.Select(shared.FindOrCreate)];
            if (!state.IsKeeping)
            {
                SharedTable.Cover(contained);
            }

            foreach (ObjectEntry inner in contained)
            {
                objects.Use(inner);
            }

            entry.Contained = contained;
        }

        state.HasCopy = true;
        if (state.IsKeeping)
        {
            state.IsKeeping = false;
            Keep(entry, state, value);
        }

        links.SendToShardOf(entry.TaskId, new ObjectMessage(CopyOf(entry, version)));
        objects.SetLocal(entry, value);
        shared.Evaluate(entry);
        return true;
    }

    /// <summary>
    /// It could not be pulled: the table is asked again at the next tick. Where this node's store had no room in time, those who block for it are told; tasks go on
    /// waiting for room.
    /// </summary>
    public void OnFetchFailed(ObjectEntry entry, int version, string? noRoom)
    {
        if (entry.Shared is not { } state)
        {
            return;
        }

        state.IsFetching = false;
        bool isWanted = entry.Status == ObjectStatus.Remote && entry.Version == version;
        if (isWanted && noRoom is not null)
        {
            objects.Refuse(entry, objects.Fit!.NoRoom(entry, noRoom), isForNow: true);
            objects.Arguments!.OnNoRoom(state);
            state.IsNeeded = WaitList.IsWaitedFor(entry);
        }

        if (isWanted && state.IsNeeded)
        {
            state.IsStale = true;
            _stale.Add(entry);
        }
        else
        {
            TryFetch(entry, state);
        }

        shared.Evaluate(entry);
    }

    public void Tick()
    {
        foreach (ObjectEntry entry in _stale)
        {
            if (entry.Shared is { } state)
            {
                state.IsStale = false;
                state.Locations = [];
                Ask(entry, state);
            }
        }

        _stale.Clear();
    }

    /// <summary>Pulls the arguments of those that are admitted now.</summary>
    /// <returns>Whether there were any.</returns>
    public bool FetchAdmitted()
    {
        if (objects.Arguments is not { IsDue: true } arguments)
        {
            return false;
        }

        List<ArgumentSet> admitted = arguments.Decide();
        foreach (ArgumentSet set in admitted)
        {
            for (int i = 0; i < set.Task.DependencyCount; i++)
            {
                if (set.Task.Inputs![i] is { Status: ObjectStatus.Remote, Shared: { } state } input)
                {
                    state.IsNeeded = true;
                    TryFetch(input, state);
                }
            }
        }

        return admitted.Count > 0;
    }

    /// <summary>Somebody more pressing waits for what is being pulled.</summary>
    private void Raise(ObjectEntry entry, SharedState state, FetchReason reason)
    {
        if (reason < state.FetchReason)
        {
            state.FetchReason = reason;
            outbox.Add(EffectKind.FetchSooner, entry, new FetchPlan(entry.Id, entry.Version, entry.Size, state.Locations, reason));
        }
    }

    private void Subscribe(ObjectEntry entry, SharedState state)
    {
        if (!state.IsSubscribed || state.HasDropped)
        {
            Ask(entry, state);
        }
    }

    private void Ask(ObjectEntry entry, SharedState state)
    {
        state.HasDropped = false;
        state.IsAsking = shared.IsOwned(state);
        state.IsSubscribed |= !state.IsAsking;
        links.SendToShardOf(entry.TaskId, new SubscribeMessage(shared.RefOf(entry), IsOn: true));
    }

    private NodeId[] Sources(SharedState state) => [.. state.Locations.Where(n => n != shared.Self && !links.IsDead(n))];
}
