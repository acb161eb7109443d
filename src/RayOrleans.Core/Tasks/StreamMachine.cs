namespace RayOrleans.Core;

/// <summary>Streams: items in order, each accepted once over all attempts of the producer, at most a window of them ahead of the reader.</summary>
internal sealed class StreamMachine(ObjectTable objects, Outbox outbox)
{
    /// <summary>In a process: what it tells its node of streams.</summary>
    public ProcessStreams? Process { get; init; }

    /// <summary>The other nodes; null on a node that is alone.</summary>
    public ITaskCluster? Cluster { get; set; }

    public bool Yield(Attempt attempt, int index, object? value, long size, ObjectEntry[]? contained)
    {
        TaskRecord task = attempt.Task;
        StreamRecord stream = task.Stream!;
        if (attempt.IsAbandoned || attempt.IsEnded || task.Current != attempt || stream.IsAbandoned)
        {
            outbox.Discard(value);
            return false;
        }

        if (index < stream.Produced)
        {
            outbox.Discard(value);
            return true;
        }

        stream.Produced = index + 1;
        if (Process is not null)
        {
            Process.Yield(attempt, index, value, size, contained);
            return true;
        }

        if (task.IsForeign)
        {
            Cluster!.YieldForeign(task, index, value, size, contained);
            return true;
        }

        ObjectEntry item = new(task.TaskId, index + 1);
        item.Uses++;
        objects.Link(item);
        objects.SetValue(item, value, size, contained, attempt.Number);
        stream.Add(item);
        Tell(objects, stream);
        return true;
    }

    /// <summary>Registers who is told when there is room for an item; false: there is, or no item is wanted any more.</summary>
    public static bool WatchRoom(Attempt attempt, int index, Watcher watcher)
    {
        StreamRecord stream = attempt.Task.Stream!;
        if (index < stream.Until || attempt.IsAbandoned || stream.IsAbandoned)
        {
            return false;
        }

        watcher.Remaining = 1;
        stream.Producer = watcher;
        return true;
    }

    public ObjectEntry? Take(TaskRecord task)
    {
        StreamRecord stream = task.Stream!;
        if (!stream.TryTake(out ObjectEntry item))
        {
            return null;
        }

        objects.Hold(item);
        objects.ReleaseUse(item);
        stream.Taken++;
        if (Process is not null)
        {
            Process.OnTaken(task);
        }
        else
        {
            Extend(task);
        }

        return item;
    }

    public bool WatchReader(TaskRecord task, Watcher watcher)
    {
        StreamRecord stream = task.Stream!;
        if (stream.Buffered > 0 || (Process is null ? task.IsTerminal : stream.IsComplete))
        {
            return false;
        }

        watcher.Remaining = 1;
        stream.Reader = watcher;
        Process?.OnWaiting(task);
        return true;
    }

    public void Abandon(TaskRecord task)
    {
        StreamRecord stream = task.Stream!;
        stream.IsAbandoned = true;
        while (stream.TryTake(out ObjectEntry item))
        {
            objects.ReleaseUse(item);
        }

        Tell(objects, stream);
        Resume(objects, stream);
        Process?.Leave(task);
    }

    /// <summary>The reader has taken items: the producer may go on, wherever it runs.</summary>
    public void Extend(TaskRecord task)
    {
        if (!task.Stream!.TryExtend())
        {
            return;
        }

        if (task.State == TaskState.Forwarded)
        {
            Cluster!.TellRoom(task);
        }
        else
        {
            LetGoOn(objects, task);
        }
    }

    /// <summary>An attempt that runs on this node, or in a process of it, may go on.</summary>
    public static void LetGoOn(ObjectTable objects, TaskRecord task)
    {
        StreamRecord stream = task.Stream!;
        if (task.Current is { Session: { EndedBecause: null } session, IsEnded: false } attempt)
        {
            session.Messages.Add(new CreditMessage(task.TaskId, attempt.Number, stream.Until));
        }
        else
        {
            Resume(objects, stream);
        }
    }

    /// <summary>There is an item, or the end, for the reader.</summary>
    public static void Tell(ObjectTable objects, StreamRecord stream)
    {
        stream.Feed?.Push();
        if (stream.TakeReader() is { } reader)
        {
            objects.Notify(reader, failed: false);
        }
    }

    /// <summary>The producer waits no more: there is room, or its items are not wanted.</summary>
    public static void Resume(ObjectTable objects, StreamRecord stream)
    {
        if (stream.TakeProducer() is { } producer)
        {
            objects.Notify(producer, failed: false);
        }
    }
}
