namespace RayOrleans;

/// <summary>An object that a task of this process stands for.</summary>
internal abstract class TaskEntry(Task task)
{
    private static long s_last;

    public Task Task => task;

    public ObjectId Id { get; } = new(NextId(), 0);

    /// <summary>An id that no other fake object of this process has.</summary>
    public static TaskId NextId() => new(0, (ulong)Interlocked.Increment(ref s_last));

    /// <summary>The value of the task, which has succeeded.</summary>
    public abstract object? Value();
}

/// <summary>An object of a known type that a task of this process stands for.</summary>
internal sealed class TaskEntry<T>(Task<T> task) : TaskEntry(task)
{
    public override object? Value() => task.Result;
}
