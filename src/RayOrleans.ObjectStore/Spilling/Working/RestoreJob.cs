namespace RayOrleans.ObjectStore;

/// <summary>One object being read back, and who waits for it. The waiters belong to the object's lock.</summary>
internal sealed class RestoreJob(StoredObject target, SpillRecord record, RestoreKind kind)
{
    private readonly CancellationTokenSource? _room = kind == RestoreKind.Arena ? new CancellationTokenSource() : null;
    private List<TaskCompletionSource<StorePin>> _waiters = [];
    private StoreBlock? _block;
    private int _isStarted;

    public StoredObject Object => target;

    public SpillRecord Record => record;

    public RestoreKind Kind => kind;

    /// <summary>Where the bytes go; null: they are mapped from the file.</summary>
    public StoreBlock? Block
    {
        get => Volatile.Read(ref _block);
        set => Volatile.Write(ref _block, value);
    }

    /// <summary>Whether it has got its memory, so that only the disk is waited for.</summary>
    public bool HasMemory => Block is not null;

    /// <summary>Whether it was handed to the <see cref="Restorer"/>.</summary>
    public bool IsStarted => Volatile.Read(ref _isStarted) != 0;

    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>Ends its wait for room.</summary>
    public CancellationToken RoomToken => _room?.Token ?? CancellationToken.None;

    /// <summary>False when it was started before.</summary>
    public bool TryStart() => Interlocked.Exchange(ref _isStarted, 1) == 0;

    public void Add(TaskCompletionSource<StorePin> waiter) => _waiters.Add(waiter);

    public bool Remove(TaskCompletionSource<StorePin> waiter) => _waiters.Remove(waiter);

    public TaskCompletionSource<StorePin>[] Take()
    {
        TaskCompletionSource<StorePin>[] waiters = [.. _waiters];
        _waiters = [];
        return waiters;
    }

    /// <summary>Nobody wants it any more: leaves the line for room. Called without the object's lock.</summary>
    public void StopWaiting() => _room?.Cancel();
}
