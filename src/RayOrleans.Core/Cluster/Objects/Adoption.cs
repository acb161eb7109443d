namespace RayOrleans.Core;

/// <summary>Taking over the record of an owner that died: from here on this node numbers its attempts, and makes again what is lost.</summary>
internal sealed class Adoption(
    ClusterOptions options, ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, TaskMachine tasks, RemoteActors actors)
{
    public void Adopt(AdoptMessage message)
    {
        List<ObjectEntry> known = [.. message.Objects.Select(o => shared.Find(o.Ref.Id)).OfType<ObjectEntry>()];
        bool isLasting = message is { Spec.IsDetached: true, Actor.State: not ActorState.Dead };
        if (known.Count == 0 && !isLasting)
        {
            links.SendToShardOf(message.Task, new DisownMessage(message.Task, message.Epoch));
            return;
        }

        if (known.Exists(e => shared.IsOwned(e.Shared!)))
        {
            return;
        }

        if (message.Objects[0].Ref.Id.IsPut)
        {
            AdoptPut(known[0], message);
        }
        else
        {
            AdoptTask(message);
        }
    }

    private void AdoptPut(ObjectEntry entry, AdoptMessage message)
    {
        NodeId dead = entry.Shared!.Owner;
        Own(entry, message.Epoch);
        ObjectReport report = message.Objects[0];
        SetFrom(entry, report);
        if (!entry.IsSettled && entry.Status == ObjectStatus.Pending)
        {
            objects.SetFailure(entry, new Failure(
                FailureKind.ObjectLost,
                RebuildMachine.LostPut(entry, $"with node {dead}, which had put it"),
                null,
                entry.TaskId));
        }

        publications.Publish(entry);
    }

    private void AdoptTask(AdoptMessage message)
    {
        RemoteRef headRef = message.Objects[0].Ref with { Id = new ObjectId(message.Task, 0), Owner = NodeId.None };
        TaskRecord head = (TaskRecord)shared.FindOrCreate(headRef);
        List<ObjectEntry> entries = [head];

        // Calls are not made again: their actor may be another one by now, and this node need have no handle.
        bool isCall = message.Spec is { Kind: TaskKind.ActorCall };
        TaskSpec? spec = isCall ? null : message.Spec;
        if (spec is not null)
        {
            Fill(head, spec);
            entries.AddRange(PartsOf(head, spec.PartCount, headRef));
            entries.AddRange(NestedOf(head, message));
        }
        else
        {
            entries.AddRange(head.Parts ?? []);
            entries.AddRange(NestedOf(head, message));
        }

        // An attempt of the owner that died may have run: what it made does not count, and it does.
        head.AttemptNumber = message.FirstAttempt;
        RetryRules.ChargeEarlier(head, message.Uncharged);
        head.IsLineageEvicted = spec is null && message.IsEvicted;

        // All of them before anything is dropped for one of them: what it referred to may be another.
        entries.ForEach(e => Own(e, message.Epoch));
        foreach (ObjectEntry entry in entries)
        {
            if (message.Objects.FirstOrDefault(o => o.Ref.Id == entry.Id) is { } report)
            {
                SetFrom(entry, report);
            }
        }

        if (spec is null && message.Actor is null)
        {
            string why = isCall ? "its caller's node died, and only that could call again"
                : message.IsEvicted ? "its owner died, and had its lineage evicted before, to keep its job's within RayOptions.MaxLineageBytes"
                : "its owner died, and its lineage is gone with it: it never reached the object table";
            foreach (ObjectEntry entry in entries.Where(e => e.Status == ObjectStatus.Pending))
            {
                objects.SetFailure(entry, SharedTable.LostForGood(entry, why));
            }
        }

        // The next heir must know of this one's attempt before it begins.
        int attempt = head.AttemptNumber;
        Barrier counted = new(links.Released, () => tasks.Begin(head, attempt, at: null));
        publications.Publish(head, counted);
        if (head.Kind == TaskKind.ActorCreation)
        {
            actors.OnAdopted(head, message.Actor);
        }
        else if (spec is not null)
        {
            bool hasEnded = entries.TrueForAll(e => e.Status != ObjectStatus.Pending);
            if (hasEnded)
            {
                head.AttemptNumber--;
                RetryRules.ChargeEarlier(head, message.Uncharged);
            }

            tasks.Adopt(head, hasEnded);
        }
        else
        {
            head.State = TaskState.Succeeded;
        }

        counted.Done();
        foreach (ObjectEntry entry in entries)
        {
            shared.Evaluate(entry);
        }
    }

    private void Fill(TaskRecord head, TaskSpec spec)
    {
        head.Options = spec.Options;
        head.Payload = spec.Payload;
        head.PayloadBytes = spec.PayloadBytes;
        head.Name = spec.Name;
        head.ParentId = spec.Parent;
        head.Depth = spec.Depth;
        head.Lane = spec.Lane;
        head.DependencyCount = spec.DependencyCount;
        head.Inputs = spec.Inputs.Count == 0 ? null : [.. spec.Inputs.Select(shared.FindOrCreate)];
        if (spec.Kind != TaskKind.ActorCreation)
        {
            ObjectTable.KeepLineage(head);
        }
        else if (head.Inputs is { } inputs)
        {
            // An actor keeps what it is constructed from as long as it may be constructed again.
            tasks.Inputs.Use(head, inputs);
        }

        foreach (ObjectEntry input in head.Inputs ?? [])
        {
            shared.Evaluate(input);
        }
    }

    private ObjectEntry[] PartsOf(TaskRecord head, int count, RemoteRef headRef)
    {
        if (count == 0)
        {
            return [];
        }

        if (head.Parts is null)
        {
            head.Parts = [.. Enumerable.Range(1, count).Select(i => shared.FindOrCreate(headRef with { Id = new ObjectId(head.TaskId, i), PartCount = 0 }))];
            ObjectTable.UseParts(head);
        }

        foreach (ObjectEntry part in head.Parts)
        {
            part.PartOf = head;
        }

        return head.Parts;
    }

    private List<ObjectEntry> NestedOf(TaskRecord head, AdoptMessage message)
    {
        // Without a spec it is not known how many parts it has: all that are known go with their head.
        List<ObjectEntry> nested = [.. message.Objects.Where(o => o.Ref.Id.Index > (head.Parts?.Length ?? 0)).Select(o => shared.FindOrCreate(o.Ref))];
        nested.ForEach(head.AddNested);
        return nested;
    }

    private void Own(ObjectEntry entry, int epoch)
    {
        SharedState state = entry.Shared!;
        state.Owner = options.Self;
        state.OwnerEpoch = epoch;
        state.IsPublished = true;
        state.PublishClosed();
        state.IsSubscribed = false;
    }

    private void SetFrom(ObjectEntry entry, ObjectReport report)
    {
        SharedState state = entry.Shared!;
        state.IsReplicated = report.Replication != Replication.None;
        if (entry.Status == ObjectStatus.Available)
        {
            // What it refers to was covered by the owner that is gone.
            shared.Uncover(entry.Contained ?? [], null);
            return;
        }

        if (entry.Status == ObjectStatus.Remote && report.Status != ObjectStatus.Remote)
        {
            shared.DropValue(entry, ObjectStatus.Pending);
        }

        // What a value that is lost referred to may be gone too, also on this node.
        bool hasValue = (report.Status == ObjectStatus.Available && !entry.IsSettled) || (report.Status == ObjectStatus.Remote && entry.Status is (ObjectStatus.Remote or ObjectStatus.Pending));
        ObjectEntry[]? contained = !hasValue || report.Contained.Count == 0 ? null : [.. report.Contained.Select(shared.FindOrCreate)];
        switch (report.Status)
        {
            case ObjectStatus.Available when !entry.IsSettled:
                objects.SetValue(entry, report.Ref.PartCount > 0 ? options.MakeTuple(contained!) : report.Value, report.Size, contained, report.Version);
                break;
            case ObjectStatus.Remote when entry.Status == ObjectStatus.Remote:
                shared.DropValue(entry, ObjectStatus.Pending);
                objects.SetRemote(entry, report.Size, contained, report.Version);
                break;
            case ObjectStatus.Remote when entry.Status == ObjectStatus.Pending:
                objects.SetRemote(entry, report.Size, contained, report.Version);
                break;
            case ObjectStatus.Failed when !entry.IsSettled:
                objects.SetFailure(entry, report.Value as Failure ?? SharedTable.LostForGood(entry, "it had failed"));
                break;
            case ObjectStatus.Deleted when entry.Status == ObjectStatus.Pending && SharedTable.LevelOf(entry) != HoldLevel.Value:
                // Nobody wants it now; it is made again for whoever does.
                objects.Drop(entry, ObjectStatus.Deleted);
                break;
            default:
                break;
        }

        state.RemoteContained = [];
        foreach (ObjectEntry inner in contained ?? [])
        {
            shared.Evaluate(inner);
        }
    }
}
