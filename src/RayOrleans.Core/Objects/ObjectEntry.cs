namespace RayOrleans.Core;

/// <summary>
/// One object's entry in the node's table: its value or failure, who holds it, who waits for it.
/// Written only under the engine's lock; <see cref="Status"/> and then <see cref="Value"/> may be read without it.
/// </summary>
public class ObjectEntry
{
    private readonly TaskId _task;
    private readonly int _index;
    private volatile ObjectStatus _status;

    /// <summary>Makes an entry without a value.</summary>
    /// <param name="task">The task that makes the object, or the id drawn for a put.</param>
    /// <param name="index">The return index, or <see cref="ObjectId.PutIndex"/>.</param>
    /// <param name="producer">The task that makes it, when it is not this entry itself.</param>
    public ObjectEntry(TaskId task, int index, TaskRecord? producer = null)
    {
        _task = task;
        _index = index;
        PartOf = producer;
    }

    /// <summary>The object's id.</summary>
    public ObjectId Id => new(_task, _index);

    /// <summary>The task's id, or the id drawn for a put.</summary>
    public TaskId TaskId => _task;

    /// <summary>The state. The volatile write that publishes it comes after the value's, so a reader that sees it settled sees the value.</summary>
    public ObjectStatus Status
    {
        get => _status;
        internal set => _status = value;
    }

    /// <summary>Whether there is nothing to wait for: a value that is here, a failure, or neither any more because nobody held it.</summary>
    public bool IsSettled => _status > ObjectStatus.Remote;

    /// <summary>The runtime's form of the value, or the <see cref="Failure"/>; null for a null value and while there is none.</summary>
    public object? Value { get; internal set; }

    /// <summary>Holds of processes: references that users have.</summary>
    public int Holds { get; internal set; }

    /// <summary>Unfinished tasks that take it as an input, objects that contain a reference to it, and streams that keep it for their reader.</summary>
    public int Uses { get; internal set; }

    /// <summary>The attempt that made the current value (its version).</summary>
    public int Version { get; internal set; }

    /// <summary>The value's size in bytes as far as the runtime knows it.</summary>
    public long Size { get; internal set; }

    /// <summary>The objects that the value refers to; kept while this one has its value.</summary>
    public ObjectEntry[]? Contained { get; internal set; }

    /// <summary>The task that can make the value again; null for a put.</summary>
    public virtual TaskRecord? Producer => PartOf;

    /// <summary>Whether anybody wants the value.</summary>
    public bool IsHeld => Holds > 0 || Uses > 0;

    /// <summary>What is known of it beyond this node; null for one that no other node has heard of.</summary>
    internal SharedState? Shared { get; set; }

    /// <summary>Finished tasks that took it as an input and may have to run again.</summary>
    internal int LineageUses { get; set; }

    internal TaskRecord? PartOf { get; set; }

    internal Edge? Watchers { get; set; }

    internal ObjectEntry? LivePrevious { get; set; }

    internal ObjectEntry? LiveNext { get; set; }

    internal bool IsLive { get; set; }
}
