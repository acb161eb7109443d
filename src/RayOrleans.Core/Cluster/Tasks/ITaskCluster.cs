namespace RayOrleans.Core;

/// <summary>What the task machine needs of the other nodes.</summary>
internal interface ITaskCluster
{
    /// <summary>The task's inputs exist: decides where it runs, or asks.</summary>
    void Place(TaskRecord task);

    /// <summary>The value must be here.</summary>
    void Need(ObjectEntry entry);

    /// <summary>The task waits until its arguments are here.</summary>
    void AwaitArguments(TaskRecord task);

    /// <summary>A task that is being placed, or runs elsewhere, is not wanted there any more.</summary>
    /// <param name="task">The task.</param>
    /// <param name="byForce">Whether the process that runs it and nothing else is ended.</param>
    void Recall(TaskRecord task, bool byForce);

    /// <summary>An attempt of a foreign task ended: its outcome goes to the owner, and the record ends.</summary>
    void EndForeign(TaskRecord task, in Outcome outcome);

    /// <summary>The task is to run once more: whoever would take it over must know of that attempt before it begins.</summary>
    /// <param name="task">The task.</param>
    /// <param name="counted">Begins it.</param>
    void Count(TaskRecord task, Action counted);

    /// <summary>An attempt of a foreign task has made an item of its stream: it goes to the owner.</summary>
    void YieldForeign(TaskRecord task, int index, object? value, long size, ObjectEntry[]? contained);

    /// <summary>The reader of a stream whose task runs elsewhere has taken items: the producer may go on.</summary>
    void TellRoom(TaskRecord task);

    /// <summary>A foreign record has ended, with or without an outcome.</summary>
    void OnForeignEnded(TaskRecord task);

    /// <summary>The task cannot run again: the table need not keep what it was called with.</summary>
    void OnLineageEvicted(TaskRecord task);
}
