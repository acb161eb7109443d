namespace RayOrleans.Core;

/// <summary>
/// The finished tasks of a job that this node owns and may have to run again, oldest first, and about how many bytes they keep in memory. Linked through the records,
/// which stand in no other queue once they have ended: keeping one allocates nothing.
/// </summary>
internal sealed class Lineage
{
    /// <summary>A record with its options, name and entry, in bytes; besides what it was called with.</summary>
    private const long RecordBytes = 500;

    private const long InputBytes = 16;

    private readonly TaskQueue _tasks = new();
    private long _bytes;

    /// <summary>What they keep in memory. May be read without the lock.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many tasks were given up because there were too many.</summary>
    public long Evictions { get; set; }

    public TaskRecord? Oldest => _tasks.Head;

    public void Add(TaskRecord task)
    {
        if (task.Queue != _tasks)
        {
            _tasks.Add(task);
            Volatile.Write(ref _bytes, _bytes + BytesOf(task));
        }
    }

    public void Remove(TaskRecord task)
    {
        if (task.Queue == _tasks)
        {
            _tasks.Remove(task);
            Volatile.Write(ref _bytes, _bytes - BytesOf(task));
        }
    }

    /// <summary>The same as long as it is kept: neither changes before the record is taken out.</summary>
    private static long BytesOf(TaskRecord task) => RecordBytes + task.PayloadBytes + (InputBytes * (task.Inputs?.Length ?? 0));
}
