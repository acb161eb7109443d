namespace RayOrleans.Core;

/// <summary>A process' side of streams: what it makes it tells its node, within its credit; what it reads its node tells it of.</summary>
internal sealed class ProcessStreams(SessionOutbox messages)
{
    private readonly Dictionary<TaskId, Reading> _read = [];

    /// <summary>A streaming task was submitted here: this process reads it.</summary>
    public void Read(TaskRecord task) => _read.Add(task.TaskId, new Reading(task));

    /// <summary>The stream that is read here; null: nobody reads it any more.</summary>
    public TaskRecord? Find(TaskId stream) => _read.GetValueOrDefault(stream)?.Task;

    /// <summary>An attempt that runs here has made an item.</summary>
    public void Yield(Attempt attempt, int index, object? value, long size, ObjectEntry[]? contained) =>
        messages.Add(new YieldMessage(attempt.Task.TaskId, attempt.Number, index, ProcessValue.HandOver(value, size, contained)));

    /// <summary>The reader has taken an item: its node hears of many at once, and of the last one that is here.</summary>
    public void OnTaken(TaskRecord task)
    {
        if (_read.TryGetValue(task.TaskId, out Reading? reading) && (task.Stream!.Buffered == 0 || task.Stream.Taken - reading.Told >= StreamFeed.Ahead / 2))
        {
            Tell(reading, isWaiting: false);
        }
    }

    /// <summary>The reader waits for the next item.</summary>
    public void OnWaiting(TaskRecord task)
    {
        if (_read.TryGetValue(task.TaskId, out Reading? reading) && (!reading.HasWaited || task.Stream!.Taken > reading.Told))
        {
            reading.HasWaited = true;
            Tell(reading, isWaiting: true);
        }
    }

    /// <summary>The reader goes away.</summary>
    public void Leave(TaskRecord task)
    {
        if (_read.Remove(task.TaskId))
        {
            messages.Add(new LeaveStreamMessage(task.TaskId));
        }
    }

    /// <summary>The node is gone: nothing more comes of any stream.</summary>
    public IReadOnlyList<TaskRecord> TakeRead()
    {
        List<TaskRecord> streams = [.. _read.Values.Select(static r => r.Task)];
        streams.ForEach(End);
        return streams;
    }

    /// <summary>All items and the end are here: the node knows the stream no more.</summary>
    public void End(TaskRecord task)
    {
        task.Stream!.IsComplete = true;
        _read.Remove(task.TaskId);
    }

    private void Tell(Reading reading, bool isWaiting)
    {
        reading.Told = reading.Task.Stream!.Taken;
        messages.Add(new TakeMessage(reading.Task.TaskId, reading.Told, isWaiting));
    }

    private sealed class Reading(TaskRecord task)
    {
        public TaskRecord Task => task;

        /// <summary>How many taken items the node knows of.</summary>
        public int Told { get; set; }

        public bool HasWaited { get; set; }
    }
}
