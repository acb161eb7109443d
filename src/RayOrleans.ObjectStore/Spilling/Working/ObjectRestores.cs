namespace RayOrleans.ObjectStore;

/// <summary>
/// The restores of one object: one at a time, or, because a restore into the arena may wait for room for long, that one beside one for readers who can use a mapping of
/// the file. The first that brings the object into memory serves the waiters of both. Belongs to the object's lock.
/// </summary>
internal struct ObjectRestores
{
    private RestoreJob? _ordinary;
    private RestoreJob? _arena;

    /// <summary>Whether one is running, or will be.</summary>
    public readonly bool IsAny => _ordinary is not null || _arena is not null;

    public readonly bool Contains(RestoreJob job) => job == _ordinary || job == _arena;

    /// <summary>Joins a restore; where none will do, a new one begins. Returns one that is to be started now.</summary>
    public RestoreJob? Join(TaskCompletionSource<StorePin> waiter, StoredObject target, SpillRecord record, RestoreKind kind)
    {
        bool isArena = kind == RestoreKind.Arena;
        if ((isArena || _arena is { HasMemory: true } ? _arena : _ordinary) is { } running)
        {
            running.Add(waiter);
            return null;
        }

        RestoreJob job = new(target, record, kind);
        job.Add(waiter);
        (isArena ? ref _arena : ref _ordinary) = job;
        // While the other one runs this is not started: that is likely to bring what both want.
        return isArena && _ordinary is not null ? null : job;
    }

    /// <summary>Ends a restore that left nothing in memory; returns one that is to be started now.</summary>
    public RestoreJob? Leave(RestoreJob job)
    {
        bool wasOrdinary = job == _ordinary;
        (wasOrdinary ? ref _ordinary : ref _arena) = null;
        return wasOrdinary && _arena is { IsStarted: false } next ? next : null;
    }

    /// <summary>A waiter has given up. Returns the restore whose wait for room is to be stopped because nobody wants it any more.</summary>
    public RestoreJob? Abandon(TaskCompletionSource<StorePin> waiter)
    {
        if (_arena is not { } job || !job.Remove(waiter) || job.HasWaiters || job.HasMemory)
            return null;
        _arena = null;
        return job;
    }

    /// <summary>Ends all and takes their waiters.</summary>
    /// <param name="stopped">A restore whose wait for room is to be stopped.</param>
    public TaskCompletionSource<StorePin>[] TakeAll(out RestoreJob? stopped)
    {
        TaskCompletionSource<StorePin>[] waiters = [.. _ordinary?.Take() ?? [], .. _arena?.Take() ?? []];
        stopped = _arena is { HasMemory: false } waiting ? waiting : null;
        _ordinary = _arena = null;
        return waiters;
    }
}
