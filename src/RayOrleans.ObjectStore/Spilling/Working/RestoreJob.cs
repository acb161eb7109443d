namespace RayOrleans.ObjectStore;

/// <summary>One object being read back, and who waits for it. The waiters belong to the object's lock.</summary>
internal sealed class RestoreJob(StoredObject target, SpillRecord record, bool withoutPressure)
{
    private List<TaskCompletionSource<StorePin>> _waiters = [];

    public StoredObject Object => target;

    public SpillRecord Record => record;

    public bool WithoutPressure => withoutPressure;

    /// <summary>Where the bytes go; null: they are mapped from the file.</summary>
    public StoreBlock? Block { get; set; }

    public void Add(TaskCompletionSource<StorePin> waiter) => _waiters.Add(waiter);

    public TaskCompletionSource<StorePin>[] Take()
    {
        TaskCompletionSource<StorePin>[] waiters = [.. _waiters];
        _waiters = [];
        return waiters;
    }
}
