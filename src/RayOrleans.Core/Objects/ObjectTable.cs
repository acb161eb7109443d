namespace RayOrleans.Core;

/// <summary>
/// The node's objects: values and failures, holds, who waits. What follows for tasks (inputs settled, nobody holds a result)
/// is queued for the engine, never called recursively, so chains of any length are walked in constant stack.
/// </summary>
internal sealed class ObjectTable(Outbox outbox)
{
    private readonly Stack<ObjectEntry> _releasing = new();
    private bool _isDraining;
    private ObjectEntry? _firstLive;

    /// <summary>Tasks whose inputs have all settled, or of which one failed, or may have been lost again unnoticed.</summary>
    public Queue<TaskRecord> InputsSettled { get; } = new();

    /// <summary>Records that nobody holds any more and whose end matters: actors out of scope.</summary>
    public Queue<TaskRecord> OutOfScope { get; } = new();

    /// <summary>Whether a value was ever taken away from a held entry, so that inputs must be looked at again before a task starts.</summary>
    public bool AnyTakenAway { get; set; }

    /// <summary>Tasks whose arguments may be too large for this node's store.</summary>
    public Queue<TaskRecord> Unfit { get; } = new();

    /// <summary>What this node's store can never hold; null on a node that is alone.</summary>
    public StoreFit? Fit { get; init; }

    /// <summary>The objects that other nodes know too; null on a node that is alone.</summary>
    public SharedTable? Shared { get; set; }

    /// <summary>In a process that is attached to a node: what knows the node's objects.</summary>
    public ProcessMachine? Process { get; set; }

    /// <summary>Whose arguments are pulled; null on a node that is alone.</summary>
    public ArgumentAdmission? Arguments { get; set; }

    /// <summary>Told about every shared entry that got a value, here or elsewhere, or a failure.</summary>
    public Action<ObjectEntry>? SharedSettled { get; set; }

    /// <summary>Entries that are held, wanted or unfinished.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Bytes of all values, as far as the runtime knows sizes.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>All live entries; do not change anything while enumerating.</summary>
    public IEnumerable<ObjectEntry> Live
    {
        get
        {
            for (ObjectEntry? entry = _firstLive; entry is not null; entry = entry.LiveNext)
            {
                yield return entry;
            }
        }
    }

    public void Link(ObjectEntry entry)
    {
        if (entry.IsLive)
        {
            return;
        }

        entry.IsLive = true;
        entry.LiveNext = _firstLive;
        if (_firstLive is not null)
        {
            _firstLive.LivePrevious = entry;
        }

        _firstLive = entry;
        LiveCount++;
    }

    /// <summary>Gives an entry its value; false (and nothing changes) when it has settled already.</summary>
    public bool SetValue(ObjectEntry entry, object? value, long size, ObjectEntry[]? contained, int version)
    {
        if (entry.Status != ObjectStatus.Pending)
        {
            return false;
        }

        if (contained is not null)
        {
            foreach (ObjectEntry inner in contained)
            {
                inner.Uses++;
            }
        }

        entry.Contained = contained;
        entry.Size = size;
        entry.Version = version;
        entry.Value = value;
        LiveBytes += size;
        entry.Status = ObjectStatus.Available;
        Settle(entry);
        if (entry.Shared is not null)
        {
            SharedSettled!(entry);
        }

        return true;
    }

    /// <summary>The value is in the store of another node: enough for those who only need to know that it exists.</summary>
    public bool SetRemote(ObjectEntry entry, long size, ObjectEntry[]? contained, int version)
    {
        if (entry.Status != ObjectStatus.Pending)
        {
            return false;
        }

        foreach (ObjectEntry inner in contained ?? [])
        {
            inner.Uses++;
        }

        entry.Contained = contained;
        entry.Size = size;
        entry.Version = version;
        entry.Status = ObjectStatus.Remote;
        NotifyExistence(entry);
        if (Fit?.Refuse(entry) is { } refusal)
        {
            Refuse(entry, refusal);
        }

        SharedSettled!(entry);
        return true;
    }

    /// <summary>The value that was elsewhere is here now as well.</summary>
    public void SetLocal(ObjectEntry entry, object? value)
    {
        entry.Value = value;
        LiveBytes += entry.Size;
        entry.Status = ObjectStatus.Available;
        Settle(entry);
    }

    /// <summary>The value, here or elsewhere, is not known any more.</summary>
    public void Drop(ObjectEntry entry, ObjectStatus next)
    {
        AnyTakenAway = true;
        DropValue(entry, next);
        if (next == ObjectStatus.Pending)
        {
            TellArgumentLost(entry);
        }
    }

    /// <summary>The entry ends: nobody here wants it, and others have nothing to do with it.</summary>
    public void End(ObjectEntry entry)
    {
        DropValue(entry, ObjectStatus.Deleted);
        Unlink(entry);
        DrainReleases();
    }

    /// <summary>An entry that nobody holds may go, if nobody else knows it.</summary>
    public void Reconsider(ObjectEntry entry)
    {
        _releasing.Push(entry);
        DrainReleases();
    }

    /// <summary>Gives an entry its failure; false (and nothing changes) when it has settled already.</summary>
    public bool SetFailure(ObjectEntry entry, Failure failure)
    {
        if (entry.Status != ObjectStatus.Pending)
        {
            return false;
        }

        entry.Value = failure;
        entry.Status = ObjectStatus.Failed;
        Settle(entry);
        if (entry.Shared is not null)
        {
            SharedSettled!(entry);
        }

        return true;
    }

    /// <summary>
    /// Takes the value away though the entry is held; the entry is pending again. What the value referred to is let go of by the
    /// next <see cref="DrainReleases"/>.
    /// </summary>
    public void Unset(ObjectEntry entry)
    {
        AnyTakenAway = true;
        DropValue(entry, ObjectStatus.Pending);
        TellArgumentLost(entry);
        Link(entry);
    }

    /// <summary>Replaces the value by a failure: freed by the user, or lost for good.</summary>
    public void Invalidate(ObjectEntry entry, Failure failure)
    {
        AnyTakenAway = true;
        DropValue(entry, ObjectStatus.Pending);
        SetFailure(entry, failure);
        DrainReleases();
    }

    public void Hold(ObjectEntry entry) => entry.Holds++;

    public void Use(ObjectEntry entry)
    {
        entry.Uses++;
        if (entry.Shared is not null)
        {
            Shared!.Evaluate(entry);
        }
    }

    public void ReleaseHold(ObjectEntry entry)
    {
        entry.Holds--;
        if (!entry.IsHeld)
        {
            _releasing.Push(entry);
            DrainReleases();
        }
    }

    public void ReleaseUse(ObjectEntry entry)
    {
        entry.Uses--;
        if (!entry.IsHeld)
        {
            _releasing.Push(entry);
            DrainReleases();
        }
    }

    /// <summary>A finished entry that nobody holds is deleted at once.</summary>
    public void DeleteIfUnheld(ObjectEntry entry)
    {
        if (!entry.IsHeld)
        {
            _releasing.Push(entry);
            DrainReleases();
        }
    }

    public void Notify(Watcher watcher, bool failed)
    {
        if (watcher.IsDone)
        {
            return;
        }

        watcher.Remaining--;
        if (watcher.Remaining <= 0 || (failed && watcher.FailFast))
        {
            Fire(watcher);
        }
    }

    private void Fire(Watcher watcher)
    {
        watcher.IsDone = true;
        if (watcher is SessionWatcher session)
        {
            session.Notified();
        }
        else
        {
            outbox.Add(EffectKind.Fire, watcher);
        }
    }

    /// <summary>
    /// The value does not come here: whoever outside the engine waits for that is told, and waits no more. To a choice it is one of those that are there; when there is
    /// no room for now only, a choice waits on.
    /// </summary>
    public void Refuse(ObjectEntry entry, Refusal refusal, bool isForNow = false)
    {
        for (Edge? edge = entry.Watchers; edge is not null; edge = edge.Next)
        {
            if (edge.Target is not Watcher { IsDone: false, ExistsOnly: false } watcher || (watcher.IsChoice && isForNow))
            {
                continue;
            }

            WaitList.Remove(edge);
            if (watcher.IsChoice)
            {
                watcher.Refuse(entry);
                Notify(watcher, failed: false);
            }
            else
            {
                watcher.Refusal = refusal;
                Fire(watcher);
            }
        }
    }

    /// <summary>Tells those for whom it is enough that the value exists; those who need it here stay.</summary>
    private void NotifyExistence(ObjectEntry entry)
    {
        Edge? edge = entry.Watchers;
        while (edge?.Next is { } later)
        {
            edge = later;
        }

        while (edge is not null)
        {
            Edge current = edge;
            edge = edge.Previous;
            if (current.Target is TaskRecord { NeedsLocal: false } task)
            {
                WaitList.Remove(current);
                if (--task.MissingInputs == 0 && task.State == TaskState.Waiting)
                {
                    InputsSettled.Enqueue(task);
                }
            }
            else if (current.Target is TaskRecord unfit)
            {
                if (Fit?.Fits(unfit) == false)
                {
                    Unfit.Enqueue(unfit);
                }

                Arguments?.OnInput(unfit);
            }
            else if (current.Target is Watcher { ExistsOnly: true } watcher)
            {
                WaitList.Remove(current);
                Notify(watcher, failed: false);
            }
        }
    }

    private void Settle(ObjectEntry entry)
    {
        Edge? edge = entry.Watchers;
        if (edge is null)
        {
            return;
        }

        entry.Watchers = null;
        bool failed = entry.Status == ObjectStatus.Failed;

        // The list is last in, first out; those who waited first are served first.
        while (edge.Next is { } later)
        {
            edge = later;
        }

        for (; edge is not null; edge = edge.Previous)
        {
            edge.Entry = null;
            if (edge.Target is TaskRecord task)
            {
                task.MissingInputs--;
                if ((task.MissingInputs == 0 || failed) && task.State == TaskState.Waiting)
                {
                    InputsSettled.Enqueue(task);
                }
                else
                {
                    Arguments?.OnInput(task);
                }
            }
            else
            {
                Notify((Watcher)edge.Target, failed);
            }
        }
    }

    private void TellArgumentLost(ObjectEntry entry)
    {
        Arguments?.OnLost();
        for (Edge? edge = Arguments is null ? null : entry.Watchers; edge is not null; edge = edge.Next)
        {
            if (edge.Target is TaskRecord task)
            {
                Arguments!.OnInputLost(task);
            }
        }
    }

    /// <summary>While a loss is worked through nothing is deleted: what one task lets go of, another may be about to need.</summary>
    public bool KeepsReleases { get; set; }

    /// <summary>Deletes what nobody holds any more.</summary>
    public void DrainReleases()
    {
        if (KeepsReleases || _isDraining)
        {
            return;
        }

        _isDraining = true;
        while (_releasing.TryPop(out ObjectEntry? entry))
        {
            if (entry.IsHeld)
            {
                continue;
            }

            if (entry.Shared is not null)
            {
                Shared!.Evaluate(entry);
                continue;
            }

            if (Process is not null)
            {
                Process.OnUnheld(entry);
                DropValue(entry, ObjectStatus.Deleted);
            }

            if (entry.IsSettled)
            {
                DropValue(entry, ObjectStatus.Deleted);
            }

            if (entry is TaskRecord task)
            {
                if (task.Kind == TaskKind.ActorCreation)
                {
                    OutOfScope.Enqueue(task);
                }

                if (task.PartsUsed && entry.Status == ObjectStatus.Deleted)
                {
                    ReleaseParts(task);
                }
            }

            if (entry.Status == ObjectStatus.Deleted && entry is not TaskRecord { IsTerminal: false })
            {
                Unlink(entry);
                DropLineage(entry as TaskRecord ?? entry.PartOf);
                if (entry is { LineageUses: 0, PartOf.Nested: { } nested })
                {
                    nested.Remove(entry.Id.Index);
                }
            }
        }

        _isDraining = false;
    }

    /// <summary>Keeps what the task needs to run again: the lineage of its inputs.</summary>
    public static void KeepLineage(TaskRecord task)
    {
        if (!task.LineageHeld)
        {
            task.LineageHeld = true;
            foreach (ObjectEntry input in task.Inputs ?? [])
            {
                input.LineageUses++;
            }
        }
    }

    /// <summary>The task will not run again: its inputs' lineage may go.</summary>
    public void ReleaseLineage(TaskRecord task)
    {
        if (!task.LineageHeld)
        {
            return;
        }

        task.LineageHeld = false;
        task.Job.Lineage.Remove(task);
        foreach (ObjectEntry input in task.Inputs ?? [])
        {
            input.LineageUses--;
            if (!input.IsHeld)
            {
                _releasing.Push(input);
            }
        }

        DrainReleases();
    }

    /// <summary>The parts of a tuple whose record goes.</summary>
    public void LetPartsGo(TaskRecord task)
    {
        ReleaseParts(task);
        DrainReleases();
    }

    private void DropLineage(TaskRecord? task)
    {
        if (task is not { LineageHeld: true, IsTerminal: true, InputsUsed: false } || IsNeeded(task) || (task.Parts ?? []).Any(IsNeeded) || task.Nested?.Values.Any(IsNeeded) == true)
        {
            return;
        }

        ReleaseLineage(task);
        task.Payload = null;
        task.Inputs = null;
    }

    private static bool IsNeeded(ObjectEntry entry) => entry.IsHeld || entry.LineageUses > 0 || entry.Shared is not null;

    /// <summary>The parts of a tuple are there while the tuple is held, so that they can still be asked for; from then on by their own holds.</summary>
    public static void UseParts(TaskRecord task)
    {
        task.PartsUsed = true;
        foreach (ObjectEntry part in task.Parts!)
        {
            part.Uses++;
        }
    }

    private void ReleaseParts(TaskRecord task)
    {
        task.PartsUsed = false;
        foreach (ObjectEntry part in task.Parts!)
        {
            part.Uses--;
            if (!part.IsHeld)
            {
                _releasing.Push(part);
            }
        }
    }

    private void DropValue(ObjectEntry entry, ObjectStatus next)
    {
        object? value = entry.Value;
        ObjectEntry[]? contained = entry.Contained;
        if (entry.Status == ObjectStatus.Available)
        {
            LiveBytes -= entry.Size;
        }

        // The status first: a reader without the lock that still sees the old one after reading the value has read the value, not its absence.
        entry.Status = next;
        Volatile.WriteBarrier();
        entry.Value = null;
        entry.Contained = null;
        outbox.Discard(value);

        if (contained is not null)
        {
            foreach (ObjectEntry inner in contained)
            {
                inner.Uses--;
                if (!inner.IsHeld)
                {
                    _releasing.Push(inner);
                }
            }
        }
    }

    private void Unlink(ObjectEntry entry)
    {
        if (!entry.IsLive)
        {
            return;
        }

        entry.IsLive = false;
        if (entry.LivePrevious is null)
        {
            _firstLive = entry.LiveNext;
        }
        else
        {
            entry.LivePrevious.LiveNext = entry.LiveNext;
        }

        if (entry.LiveNext is not null)
        {
            entry.LiveNext.LivePrevious = entry.LivePrevious;
        }

        entry.LivePrevious = entry.LiveNext = null;
        LiveCount--;
    }
}
