namespace RayOrleans.Core;

/// <summary>
/// The node's objects: values and failures, holds, who waits. What follows for tasks (inputs settled, nobody holds a result)
/// is queued for the engine, never called recursively, so chains of any length are walked in constant stack.
/// </summary>
internal sealed class ObjectTable(Outbox outbox)
{
    private readonly Stack<ObjectEntry> _releasing = new();

    /// <summary>Tasks whose inputs have all settled, or of which one failed.</summary>
    public Queue<TaskRecord> InputsSettled { get; } = new();

    /// <summary>Records that nobody holds any more and whose end matters: actors out of scope.</summary>
    public Queue<TaskRecord> OutOfScope { get; } = new();

    /// <summary>Entries that are held, wanted or unfinished.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Bytes of all values, as far as the runtime knows sizes.</summary>
    public long LiveBytes { get; private set; }

    public ObjectEntry? FirstLive { get; private set; }

    public void Link(ObjectEntry entry)
    {
        if (entry.IsLive)
        {
            return;
        }

        entry.IsLive = true;
        entry.LiveNext = FirstLive;
        if (FirstLive is not null)
        {
            FirstLive.LivePrevious = entry;
        }

        FirstLive = entry;
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
        return true;
    }

    public bool SetFailure(ObjectEntry entry, Failure failure)
    {
        if (entry.Status != ObjectStatus.Pending)
        {
            return false;
        }

        entry.Value = failure;
        entry.Status = ObjectStatus.Failed;
        Settle(entry);
        return true;
    }

    /// <summary>Takes the value away though the entry is held; the entry is pending again.</summary>
    public void Unset(ObjectEntry entry)
    {
        DropValue(entry, ObjectStatus.Pending);
        Link(entry);
    }

    /// <summary>Replaces the value by a failure: freed by the user, or lost for good.</summary>
    public void Invalidate(ObjectEntry entry, Failure failure)
    {
        DropValue(entry, ObjectStatus.Pending);
        SetFailure(entry, failure);
        DrainReleases();
    }

    public void Hold(ObjectEntry entry) => entry.Holds++;

    public void Use(ObjectEntry entry) => entry.Uses++;

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

    /// <summary>Registers the watcher with an unsettled entry.</summary>
    public static void Watch(ObjectEntry entry, object target)
    {
        // Watchers that fired for another of their objects leave their edges behind; whoever comes next clears them away.
        while (entry.Watchers is { Target: Watcher { IsDone: true } } done)
        {
            entry.Watchers = done.Next;
        }

        Edge edge = new(target) { Next = entry.Watchers };
        entry.Watchers = edge;
    }

    /// <summary>Takes a watcher, or a task, off an entry's list.</summary>
    public static void Unwatch(ObjectEntry entry, object target)
    {
        Edge? previous = null;
        for (Edge? edge = entry.Watchers; edge is not null; edge = edge.Next)
        {
            if (ReferenceEquals(edge.Target, target))
            {
                if (previous is null)
                {
                    entry.Watchers = edge.Next;
                }
                else
                {
                    previous.Next = edge.Next;
                }

                return;
            }

            previous = edge;
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
            watcher.IsDone = true;
            outbox.Add(EffectKind.Fire, watcher);
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
        Edge? ordered = null;
        while (edge is not null)
        {
            Edge? next = edge.Next;
            edge.Next = ordered;
            ordered = edge;
            edge = next;
        }

        for (; ordered is not null; ordered = ordered.Next)
        {
            if (ordered.Target is TaskRecord task)
            {
                task.MissingInputs--;
                if ((task.MissingInputs == 0 || failed) && task.State == TaskState.Waiting)
                {
                    InputsSettled.Enqueue(task);
                }
            }
            else
            {
                Notify((Watcher)ordered.Target, failed);
            }
        }
    }

    private void DrainReleases()
    {
        while (_releasing.TryPop(out ObjectEntry? entry))
        {
            if (entry.IsHeld)
            {
                continue;
            }

            if (entry.IsSettled)
            {
                DropValue(entry, ObjectStatus.Deleted);
            }

            if (entry is TaskRecord { Kind: TaskKind.ActorCreation } creation)
            {
                OutOfScope.Enqueue(creation);
            }

            if (entry.Status == ObjectStatus.Deleted && entry is not TaskRecord { IsTerminal: false })
            {
                Unlink(entry);
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
        if (value is IDisposable)
        {
            outbox.Add(EffectKind.Discard, value);
        }

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
            FirstLive = entry.LiveNext;
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
