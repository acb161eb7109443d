namespace RayOrleans.Core;

/// <summary>
/// The objects that this node shares with others: entries by id, how much of each the table has been told, and when an entry may go.
/// Objects that never leave the node are not in here and cost nothing.
/// </summary>
internal sealed class SharedTable(ClusterOptions options, ClusterLinks links, ObjectTable objects)
{
    private readonly Dictionary<ObjectId, ObjectEntry> _entries = [];
    private readonly Queue<(ObjectEntry Entry, SharedState State, Barrier? Barrier)> _uncovered = new();
    private bool _isUncovering;

    public int Count => _entries.Count;

    public IReadOnlyCollection<ObjectEntry> All => _entries.Values;

    /// <summary>Entries with a copy in this node's store that the table knows.</summary>
    public IEnumerable<ObjectEntry> Copies => _entries.Values.Where(e => e.Shared!.HasCopy);

    public NodeId Self => options.Self;

    /// <summary>The jobs by id; set once.</summary>
    public JobTable Jobs { get; set; } = null!;

    /// <summary>Finds a task of this node's that runs elsewhere; set once.</summary>
    public Func<TaskId, TaskRecord?> FindForwarded { get; set; } = null!;

    /// <summary>Makes the record of an actor that lives elsewhere; set once.</summary>
    public Func<ActorId, RemoteActor, ActorRecord> MakeProxy { get; set; } = null!;

    /// <summary>Forgets the record of an actor whose handle is gone; set once.</summary>
    public Action<ActorRecord> DropProxy { get; set; } = null!;

    public ObjectEntry? Find(ObjectId id) => _entries.GetValueOrDefault(id);

    public bool IsOwned(SharedState state) => state.Owner == options.Self;

    /// <summary>The record that stands for all objects of the entry's task; the entry itself for a put.</summary>
    public static ObjectEntry HeadOf(ObjectEntry entry) => entry.PartOf ?? entry;

    /// <summary>How much of the object this node wants kept.</summary>
    public static HoldLevel LevelOf(ObjectEntry entry) =>
        entry.IsHeld ? HoldLevel.Value : entry.LineageUses > 0 ? HoldLevel.Lineage : HoldLevel.None;

    /// <summary>Whether the owned object has no value and nothing makes one: it was deleted, even if somebody holds it again.</summary>
    public static bool IsUnmade(ObjectEntry entry) =>
        entry.Status == ObjectStatus.Deleted || (entry.Status == ObjectStatus.Pending && entry.Producer is not { IsTerminal: false });

    /// <summary>Whether the value lies in a store, and not in its entry and messages.</summary>
    public bool IsStored(ObjectEntry entry) => entry.Size > options.InlineBytes || entry.Shared is { IsReplicated: true } or { HasCopy: true };

    public RemoteRef RefOf(ObjectEntry entry)
    {
        TaskRecord? task = entry as TaskRecord ?? entry.PartOf;
        JobRecord? job = task?.Job ?? entry.Shared?.Job;
        RemoteActor? actor = task is { Kind: TaskKind.ActorCreation, Actor: { } record }
            ? record.Description
            : null;
        int parts = ReferenceEquals(task, entry) ? task!.Parts?.Length ?? 0 : 0;
        return new RemoteRef(entry.Id, entry.Shared?.Owner ?? options.Self, job?.Id ?? JobId.None, job?.Driver ?? NodeId.None, parts, actor);
    }

    public List<RemoteRef> RefsOf(ObjectEntry[]? entries) => entries is null ? [] : [.. entries.Select(RefOf)];

    /// <summary>The entry for a reference that came from another node; the caller uses or holds it before anything else happens.</summary>
    public ObjectEntry FindOrCreate(RemoteRef reference)
    {
        if (_entries.TryGetValue(reference.Id, out ObjectEntry? known))
        {
            return known;
        }

        JobRecord job = Jobs.Of(reference.Job, reference.Driver);
        SharedState state = new(reference.Owner) { Job = job, PartCount = reference.PartCount };
        ObjectEntry entry = reference.Id.Index == 0
            ? MakeShell(reference, job)
            : new ObjectEntry(reference.Id.Task, reference.Id.Index);
        entry.Shared = state;
        objects.Link(entry);
        _entries.Add(reference.Id, entry);
        if (reference.Owner == options.Self && reference.Id.Index >= NestedResults.FirstIndex && FindUnfinished(reference.Id.Task) is { } producer)
        {
            // Whoever read the result where it was made was faster than the outcome.
            producer.AddNested(entry);
        }
        else if (reference.Owner == options.Self)
        {
            (entry as TaskRecord)?.State = TaskState.Failed;
            objects.SetFailure(entry, LostForGood(entry, "its record is gone"));
        }

        if (entry is TaskRecord { Parts: { } parts } tuple)
        {
            // The owner keeps the parts while the tuple is held.
            ObjectTable.UseParts(tuple);
            Cover(parts);
        }

        return entry;
    }

    /// <summary>A result that a task's outcome brings, and that references were faster to name: it is this node's from now on, and still to be made.</summary>
    public ObjectEntry? Claim(TaskRecord task, int index)
    {
        if (Find(new ObjectId(task.TaskId, index)) is not { Shared: { } state } entry)
        {
            return null;
        }

        state.Owner = options.Self;
        state.IsSubscribed = false;
        task.AddNested(entry);
        if (entry.Status != ObjectStatus.Available)
        {
            objects.Unset(entry);
        }

        return entry;
    }

    /// <summary>Makes an object of this node known to others, or finds that it is.</summary>
    public SharedState Share(ObjectEntry entry)
    {
        if (entry.Shared is { } known)
        {
            return known;
        }

        SharedState state = new(options.Self);
        entry.Shared = state;
        _entries.Add(entry.Id, entry);
        objects.Link(entry);
        return state;
    }

    /// <summary>The object is nobody's but this node's again.</summary>
    public void Unshare(ObjectEntry entry)
    {
        if (entry.Shared is { } state && _entries.Remove(entry.Id))
        {
            entry.Shared = null;
            state.ReleaseWaiters();
        }
    }

    /// <summary>Somebody else holds these on this node's account, until <see cref="Uncover"/>.</summary>
    public static void Cover(IEnumerable<ObjectEntry> entries)
    {
        foreach (ObjectEntry entry in entries)
        {
            if (entry.Shared is { } state)
            {
                state.Covers++;
            }
        }
    }

    /// <summary>
    /// The cover ends: what is still held is reported, and the barrier waits for the answers. What that lets go of in turn is queued, and nothing
    /// is deleted before all of it was looked at, because the barrier must wait for whatever was below.
    /// </summary>
    public void Uncover(IEnumerable<ObjectEntry> entries, Barrier? barrier)
    {
        foreach (ObjectEntry entry in entries)
        {
            if (entry.Shared is { } state)
            {
                state.Covers--;
                barrier?.Add();
                _uncovered.Enqueue((entry, state, barrier));
            }
        }

        if (_isUncovering)
        {
            return;
        }

        bool keeps = objects.KeepsReleases;
        objects.KeepsReleases = _isUncovering = true;
        while (_uncovered.TryDequeue(out (ObjectEntry Entry, SharedState State, Barrier? Barrier) next))
        {
            Evaluate(next.Entry, next.Barrier);
            if (next.Barrier is { } waiting)
            {
                if (next.Entry.Shared == next.State && next.State.Reported != HoldLevel.None)
                {
                    next.State.WaitForReport(waiting);
                }

                waiting.Done();
            }
        }

        _isUncovering = false;
        objects.KeepsReleases = keeps;
        objects.DrainReleases();
    }

    /// <summary>Tells the table if this node's level has changed and nobody covers for it, and drops what nobody needs here.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="barrier">Waits until what the dropped value covered is reported.</param>
    public void Evaluate(ObjectEntry entry, Barrier? barrier = null)
    {
        if (entry.Shared is not { } state)
        {
            return;
        }

        HoldLevel level = LevelOf(entry);
        if (level > state.Reported)
        {
            if (state.Covers <= 0 || state.IsExposed || IsOwned(state))
            {
                Report(entry, level);
            }

            if (level == HoldLevel.Value && entry.Status == ObjectStatus.Deleted)
            {
                objects.Unset(entry);
            }
        }
        else if (level < state.Reported)
        {
            Lower(entry, state);
        }

        if (level == HoldLevel.None && IsOwned(state))
        {
            DropUnpublishedValue(entry);
            if (entry is TaskRecord { PartsUsed: true, IsTerminal: true, Status: ObjectStatus.Deleted or ObjectStatus.Failed } tuple)
            {
                // Nobody can ask for its parts any more: from now on they are held by whoever has.
                objects.LetPartsGo(tuple);
            }
        }
        else if (level == HoldLevel.None)
        {
            if (state.Reported == HoldLevel.None)
            {
                DropUnheldValue(entry, state, barrier);
            }

            TryRetire(entry, state);
        }
    }

    /// <summary>A report was answered.</summary>
    public void OnReported(ObjectId id)
    {
        if (_entries.TryGetValue(id, out ObjectEntry? entry) && entry.Shared is { } state)
        {
            state.ReportAnswered();
            TryRetire(entry, state);
        }
    }

    public void Report(ObjectEntry entry, HoldLevel level)
    {
        SharedState state = entry.Shared!;
        state.Reported = level;
        state.ReportSent();
        links.SendToShardOf(entry.TaskId, new HoldMessage(RefOf(entry), level));
    }

    /// <summary>The local value goes; what it refers to is no longer covered by it.</summary>
    public void DropValue(ObjectEntry entry, ObjectStatus next, Barrier? barrier = null)
    {
        SharedState state = entry.Shared!;
        ObjectEntry[]? contained = IsOwned(state) ? null : entry.Contained;
        state.HasDropped = true;
        objects.Drop(entry, next);
        if (contained is not null)
        {
            Uncover(contained, barrier);
        }

        objects.DrainReleases();
    }

    /// <summary>A copy in this node's store goes, and the table is told.</summary>
    public void DropCopy(ObjectEntry entry, SharedState state)
    {
        state.HasCopy = state.IsPrimary = false;
        int version = entry.Version;
        if (entry.Status == ObjectStatus.Available)
        {
            DropValue(entry, ObjectStatus.Pending);
        }

        links.SendToShardOf(entry.TaskId, new UnlocatedMessage(entry.Id, version));
        TryRetire(entry, state);
    }

    public static Failure LostForGood(ObjectEntry entry, string why) =>
        new(FailureKind.ObjectLost, $"Object {entry.Id} is lost: {why}.", null, entry.TaskId, entry.Producer?.Name);

    private TaskRecord? FindUnfinished(TaskId id)
    {
        TaskRecord? task = FindForwarded(id) ?? Find(new ObjectId(id, 0)) as TaskRecord;
        return task is { IsTerminal: false, Shared: var state } && (state is null || IsOwned(state)) ? task : null;
    }

    private TaskRecord MakeShell(RemoteRef reference, JobRecord job)
    {
        ActorId actorId = new(reference.Id.Task);
        TaskRecord shell = new(reference.Id.Task, job, null, TaskOptions.Default)
        {
            Kind = reference.Actor is null ? TaskKind.Normal : TaskKind.ActorCreation,
            Actor = reference.Actor is { } actor ? MakeProxy(actorId, actor) : null,
            State = TaskState.Elsewhere,
        };
        shell.Actor?.Handle = shell;

        if (reference.PartCount > 0)
        {
            shell.Parts = new ObjectEntry[reference.PartCount];
            for (int i = 0; i < reference.PartCount; i++)
            {
                shell.Parts[i] = FindOrCreate(reference with { Id = new ObjectId(reference.Id.Task, i + 1), PartCount = 0 });
            }
        }

        return shell;
    }

    private void Lower(ObjectEntry entry, SharedState state)
    {
        if (state.IsLowering)
        {
            return;
        }

        state.IsLowering = true;
        Barrier barrier = new(links.Released, () =>
        {
            state.IsLowering = false;
            if (entry.Shared != state)
            {
                return;
            }

            HoldLevel level = LevelOf(entry);
            if (level < state.Reported)
            {
                Report(entry, level);
            }
            else if (level > state.Reported)
            {
                Evaluate(entry);
            }

            TryRetire(entry, state);
        });
        if (!IsOwned(state))
        {
            DropUnheldValue(entry, state, barrier);
        }

        barrier.Done();
    }

    /// <summary>A value that nobody here holds: a copy without references inside stays for a while, everything else goes.</summary>
    private void DropUnheldValue(ObjectEntry entry, SharedState state, Barrier? barrier = null)
    {
        if (entry.Status != ObjectStatus.Available || state.Covers > 0)
        {
            return;
        }

        if (!state.HasCopy)
        {
            DropValue(entry, ObjectStatus.Pending, barrier);
        }
        else if (!state.IsPrimary && entry.Contained is not null)
        {
            int version = entry.Version;
            state.HasCopy = false;
            DropValue(entry, ObjectStatus.Pending, barrier);
            links.SendToShardOf(entry.TaskId, new UnlocatedMessage(entry.Id, version));
        }
    }

    /// <summary>
    /// A value that nobody here wants, and nobody else knows, because no reference to it has left: what it refers to may be of the same record, which the table
    /// does not let this node forget while any of it is held.
    /// </summary>
    private void DropUnpublishedValue(ObjectEntry entry)
    {
        if (entry.Contained is not null && entry.Status is ObjectStatus.Available or ObjectStatus.Remote && HeadOf(entry).Shared is not { IsPublished: true })
        {
            DropValue(entry, ObjectStatus.Deleted);
        }
    }

    private void TryRetire(ObjectEntry entry, SharedState state)
    {
        if (entry.Shared != state || IsOwned(state) || state.Reported != HoldLevel.None || state.ReportsInFlight > 0 || state.Covers > 0
            || state.HasCopy || state.IsKeeping || state.IsFetching || state.IsLowering || LevelOf(entry) != HoldLevel.None)
        {
            return;
        }

        if (state.IsSubscribed)
        {
            links.SendToShardOf(entry.TaskId, new SubscribeMessage(RefOf(entry), IsOn: false));
        }

        _entries.Remove(entry.Id);
        entry.Shared = null;
        state.ReleaseWaiters();
        ObjectEntry[]? contained = entry.Contained;
        objects.End(entry);
        if (contained is not null)
        {
            Uncover(contained, null);
        }

        if (entry is TaskRecord task)
        {
            if (task.PartsUsed)
            {
                ObjectEntry[] parts = task.Parts!;
                Uncover(parts, null);
                objects.LetPartsGo(task);
            }

            if (task is { Kind: TaskKind.ActorCreation, Actor: { } proxy })
            {
                DropProxy(proxy);
            }
        }
    }
}
