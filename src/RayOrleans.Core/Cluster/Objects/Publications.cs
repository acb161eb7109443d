namespace RayOrleans.Core;

/// <summary>Output commit: before a reference leaves the node, the table has its record and those of everything it was made from.</summary>
internal sealed class Publications(ClusterLinks links, SharedTable shared)
{
    private readonly Stack<ObjectEntry> _pending = new();

    /// <summary>A reference to the object is about to leave: the barrier waits until the table can make the object again without this node.</summary>
    public void Expose(ObjectEntry entry, Barrier barrier)
    {
        if (entry.Shared is { } known && !shared.IsOwned(known))
        {
            ExposeForeign(entry, known, barrier);
            return;
        }

        ObjectEntry head = SharedTable.HeadOf(entry);
        SharedState state = shared.Share(head);
        shared.Share(entry);
        if (!state.IsPublished)
        {
            PublishAll(head);
        }

        state.WaitForPublish(barrier);
    }

    /// <summary>Tells the table what an owned object has become, if the table knows its record.</summary>
    public void Report(ObjectEntry entry)
    {
        if (SharedTable.HeadOf(entry).Shared is not { IsPublished: true })
        {
            return;
        }

        // The report carries references to what the value contains.
        SharedState state = shared.Share(entry);
        state.ReportsWaiting++;
        Barrier barrier = new(links.Released, () =>
        {
            state.ReportsWaiting--;
            if (SharedTable.HeadOf(entry).Shared is { IsPublished: true })
            {
                links.SendToShardOf(entry.TaskId, new ObjectMessage(ReportOf(entry)));
            }
        });
        foreach (ObjectEntry inner in entry.Contained ?? [])
        {
            if (SharedTable.HeadOf(inner) != SharedTable.HeadOf(entry))
            {
                Expose(inner, barrier);
            }
        }

        barrier.Done();
    }

    /// <summary>Tells the table of a value that it does not know: it says where that is, or that it must be made again.</summary>
    public void Insist(ObjectEntry entry)
    {
        if (SharedTable.HeadOf(entry).Shared is { IsPublished: true })
        {
            Report(entry);
            return;
        }

        Barrier published = new(links.Released, static () => { });
        Expose(entry, published);
        published.Done();
    }

    /// <summary>Sends a record to the table, again or for the first time.</summary>
    /// <param name="head">The record.</param>
    /// <param name="answered">Waits until the table has it.</param>
    public void Publish(ObjectEntry head, Barrier? answered = null)
    {
        TaskRecord? task = head as TaskRecord;
        foreach (ObjectEntry entry in EntriesOf(head))
        {
            // It carries this node's level of each.
            shared.Share(entry).ReportSent();
        }

        bool isKept = task is null || (task.Kind == TaskKind.Normal && (task.Payload is null || EntriesOf(head).All(IsSmall)));
        PublishMessage message = new(
            head.TaskId,
            isKept ? null : SpecOf(task!),
            head.Shared!.OwnerEpoch,
            task?.AttemptNumber + 1 ?? 0,
            [.. EntriesOf(head).Select(ReportOf)],
            task is { Kind: TaskKind.ActorCreation, Actor: { } actor } ? ActorReportOf(actor) : null)
        {
            Uncharged = task is null ? 0 : RetryRules.UnchargedOf(task),
            IsEvicted = task is { IsLineageEvicted: true },
        };
        if (answered is null)
        {
            links.SendToShardOf(head.TaskId, message);
        }
        else
        {
            links.SendToShardOf(head.TaskId, message, answered);
        }
    }

    /// <summary>The table has the record.</summary>
    public static void OnPublished(ObjectEntry head)
    {
        if (head.Shared is { PublishAnswer: { } barrier } state)
        {
            state.PublishAnswer = null;
            barrier.Done();
        }
    }

    /// <summary>The task is to run once more: if the table has its record it is told first, and before that counts where there is a bound.</summary>
    /// <param name="task">The task.</param>
    /// <param name="counted">Begins it.</param>
    public void Count(TaskRecord task, Action counted)
    {
        if (task is not { Kind: TaskKind.Normal, IsForeign: false, Shared: { IsPublished: true } state } || !shared.IsOwned(state))
        {
            counted();
            return;
        }

        Barrier answered = new(links.Released, counted);
        Publish(task, RetryRules.IsBounded(task) ? answered : null);
        answered.Done();
    }

    /// <summary>The task cannot run again: the table need not keep what it was called with.</summary>
    public void OnLineageEvicted(TaskRecord task)
    {
        if (task.Shared is { IsPublished: true } state && shared.IsOwned(state))
        {
            Publish(task);
        }
    }

    public static IEnumerable<ObjectEntry> EntriesOf(ObjectEntry head) => head is not TaskRecord task || (task.Parts is null && task.Nested is null)
        ? [head]
        : [head, .. task.Parts ?? [], .. task.Nested?.Values ?? Enumerable.Empty<ObjectEntry>()];

    public static ActorReport ActorReportOf(ActorRecord actor) =>
        new(actor.State, actor.Incarnation, actor.RestartsUsed, actor.HostNode, actor.Death);

    public ObjectReport ReportOf(ObjectEntry entry)
    {
        HoldLevel level = entry.Shared is null ? SharedTable.LevelOf(entry) : entry.Shared.Reported;
        if (entry.Shared is { ReportsWaiting: > 0 } waiting && entry.Version >= waiting.OwnerEpoch * TableRow.AttemptsPerOwner)
        {
            // Others know the object already: told now, they would come to know what its value refers to before the table does. Only a version of this owner's making can wait; the table knows earlier ones.
            return new ObjectReport(shared.RefOf(entry), ObjectStatus.Pending, entry.Version, 0, null, [], IsHere: false, level) { Replication = Replicas.Of(entry) };
        }

        bool isStored = entry.Status == ObjectStatus.Available && shared.IsStored(entry);
        return new ObjectReport(
            shared.RefOf(entry),
            isStored ? ObjectStatus.Remote : SharedTable.IsUnmade(entry) ? ObjectStatus.Deleted : entry.Status,
            entry.Version,
            entry.Size,
            isStored || entry is TaskRecord { Parts: not null } ? entry.Value as Failure : entry.Value,
            shared.RefsOf(entry.Contained),
            IsHere: isStored,
            level)
        {
            Replication = Replicas.Of(entry),
        };
    }

    public TaskSpec SpecOf(TaskRecord task) => TaskSpec.Of(task, task.Payload, shared.RefsOf(task.Inputs), task.Actor?.Description);

    private bool IsSmall(ObjectEntry entry) => entry.Status == ObjectStatus.Available && !shared.IsStored(entry);

    private void PublishAll(ObjectEntry first)
    {
        _pending.Push(first);
        while (_pending.TryPop(out ObjectEntry? head))
        {
            SharedState state = shared.Share(head);
            if (state.IsPublished)
            {
                continue;
            }

            state.IsPublished = true;
            Barrier closed = new(links.Released, state.PublishClosed);
            closed.Add();
            state.PublishAnswer = closed;
            foreach (ObjectEntry entry in EntriesOf(head))
            {
                // The publication tells this node's level; no report of its own is needed.
                shared.Share(entry).Reported = SharedTable.LevelOf(entry);
            }

            if (head is TaskRecord { Inputs: { } inputs } && !EntriesOf(head).All(IsSmall))
            {
                ExposeWith(head, inputs, closed);
            }

            foreach (ObjectEntry entry in EntriesOf(head))
            {
                ExposeWith(head, entry.Contained ?? [], closed);
            }

            Publish(head);
            closed.Done();
        }
    }

    /// <summary>What a record is made from, or refers to, is published with it.</summary>
    private void ExposeWith(ObjectEntry head, ObjectEntry[] entries, Barrier closed)
    {
        foreach (ObjectEntry entry in entries)
        {
            ObjectEntry other = SharedTable.HeadOf(entry);
            if (other == head)
            {
                continue;
            }

            if (entry.Shared is { } known && !shared.IsOwned(known))
            {
                ExposeForeign(entry, known, closed);
                continue;
            }

            SharedState state = shared.Share(other);
            shared.Share(entry);
            if (!state.IsPublished)
            {
                _pending.Push(other);
            }

            state.WaitForPublish(closed);
        }
    }

    /// <summary>Another node's object: its record is there, but this node's hold must be too.</summary>
    private void ExposeForeign(ObjectEntry entry, SharedState state, Barrier barrier)
    {
        state.IsExposed = true;
        shared.Evaluate(entry);
        state.WaitForReport(barrier);
    }
}
