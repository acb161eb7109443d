namespace RayOrleans.Core;

/// <summary>Streams: items in order, each accepted once over all attempts of the producer.</summary>
internal sealed class StreamMachine(ObjectTable objects, Outbox outbox)
{
    public bool Yield(Attempt attempt, int index, object? value, long size, ObjectEntry[]? contained)
    {
        TaskRecord task = attempt.Task;
        StreamRecord stream = task.Stream!;
        if (attempt.IsAbandoned || task.Current != attempt || stream.IsAbandoned)
        {
            DiscardValue(value);
            return false;
        }

        if (index < stream.Produced)
        {
            DiscardValue(value);
            return true;
        }

        ObjectEntry item = new(task.TaskId, index + 1);
        item.Uses++;
        objects.Link(item);
        objects.SetValue(item, value, size, contained, attempt.Number);
        stream.Produced = index + 1;
        stream.Add(item);
        Tell(stream);
        return true;
    }

    public ObjectEntry? Take(TaskRecord task)
    {
        if (!task.Stream!.TryTake(out ObjectEntry item))
        {
            return null;
        }

        objects.Hold(item);
        objects.ReleaseUse(item);
        return item;
    }

    public static bool WatchReaderCore(TaskRecord task) => task.Stream!.Buffered == 0 && !task.IsTerminal;

    public bool WatchReader(TaskRecord task, Watcher watcher)
    {
        if (!WatchReaderCore(task))
        {
            return false;
        }

        watcher.Remaining = 1;
        task.Stream!.Reader = watcher;
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

        Tell(stream);
    }

    private void Tell(StreamRecord stream)
    {
        if (stream.TakeReader() is { } reader)
        {
            objects.Notify(reader, failed: false);
        }
    }

    private void DiscardValue(object? value)
    {
        if (value is IDisposable)
        {
            outbox.Add(EffectKind.Discard, value);
        }
    }
}
