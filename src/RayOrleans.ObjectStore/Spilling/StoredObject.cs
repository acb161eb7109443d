namespace RayOrleans.ObjectStore;

/// <summary>
/// An immutable object that the store keeps in memory or on disk, as room allows. Whoever reads it holds a <see cref="StorePin"/>, which keeps it in
/// memory. It is not freed by being forgotten: delete it. Thread-safe.
/// </summary>
public sealed class StoredObject : IAged<StoredObject>
{
    private readonly SharedMemoryStore _store;
    private readonly Lock _gate = new();
    private StoreBlock? _block;
    private SpillRecord? _record;
    private StoredObjectState _state;
    private ObjectRestores _restores;

    // Set by every pin and cleared by the spilling, which passes over what was used since it last came by.
    private bool _isUsed;

    private readonly Action<StoredObject>? _evicted;
    private volatile bool _isMadePrimary;

    internal StoredObject(SharedMemoryStore store, StoreBlock block, Action<StoredObject>? evicted)
    {
        _evicted = evicted;
        _store = store;
        _block = block;
        Length = block.Length;
        AllocatedLength = block.AllocatedLength;
    }

    /// <summary>Bytes of the object.</summary>
    public long Length { get; }

    /// <summary>Where its bytes are now.</summary>
    public StoredObjectState State
    {
        get
        {
            lock (_gate)
                return _block is { IsDeleted: true } && _state == StoredObjectState.InBoth ? StoredObjectState.Spilled : _state;
        }
    }

    /// <summary>Whether <see cref="TryPin"/> would succeed now.</summary>
    public bool IsInMemory => Volatile.Read(ref _block) is { IsDeleted: false };

    /// <summary>Whether it is a copy of what is elsewhere too.</summary>
    public bool IsSecondary => _evicted is not null && !_isMadePrimary;

    /// <summary>Pins held now by readers of its memory.</summary>
    public int PinCount => Volatile.Read(ref _block) is { IsDeleted: false } block ? block.PinCount : 0;

    /// <summary>Its block, while it is in memory.</summary>
    public StoreBlock? Block => Volatile.Read(ref _block);

    /// <summary>Its place on disk, if it has one now.</summary>
    internal SpillRecord? Record
    {
        get
        {
            lock (_gate)
                return _record;
        }
    }

    internal long AllocatedLength { get; }

    StoredObject? IAged<StoredObject>.Older { get; set; }

    StoredObject? IAged<StoredObject>.Newer { get; set; }

    bool IAged<StoredObject>.IsListed { get; set; }

    bool IAged<StoredObject>.IsRemoved { get; set; }

    long IAged<StoredObject>.AllocatedLength => AllocatedLength;

    /// <summary>Keeps it in memory until the pin is disposed; null when it is not in memory now, or deleted. Never waits.</summary>
    public StorePin? TryPin()
    {
        if (Volatile.Read(ref _block)?.TryPin() is not { } pin)
            return null;
        MarkUsed();
        return pin;
    }

    /// <summary>
    /// As <see cref="TryPin"/>, after reading it back from disk if it is there only. However many ask, it is read once. Completes synchronously when it is in memory.
    /// </summary>
    /// <param name="withoutPressure">
    /// Takes no memory from others: when none is free the bytes are mapped from the file on disk. For readers that go through them once.
    /// </param>
    /// <param name="ct">Ends the wait; the object is read all the same.</param>
    /// <exception cref="ObjectDisposedException">It was deleted, or the store disposed.</exception>
    /// <exception cref="ObjectDamagedException">Its bytes on disk are not those that were written: it is lost.</exception>
    public ValueTask<StorePin> PinAsync(bool withoutPressure = false, CancellationToken ct = default) =>
        PinAsync(withoutPressure ? RestoreKind.WhereFree : RestoreKind.Anywhere, ct);

    /// <summary>
    /// As <see cref="PinAsync(bool, CancellationToken)"/>, for readers in other processes, which see the arena only: never mapped from the file on disk. Waits for
    /// room as a creator does.
    /// </summary>
    /// <exception cref="StoreFullException">There was no room within <see cref="ArenaOptions.FullTimeout"/>; it is on disk as before.</exception>
    internal ValueTask<StorePin> PinInArenaAsync(CancellationToken ct) => PinAsync(RestoreKind.Arena, ct);

    /// <summary>Counts a pin that has no object; its block's <see cref="StoreBlock.Release"/> takes it back. Null: as for <see cref="TryPin"/>.</summary>
    internal StoreBlock? TryAddPin()
    {
        if (Volatile.Read(ref _block) is not { } block || !block.TryAddPin())
            return null;
        MarkUsed();
        return block;
    }

    /// <summary>
    /// Makes a copy of what is elsewhere too one that is kept: it is no longer deleted when room is needed, but spilled. If that comes just when it is taken away,
    /// the callback says so.
    /// </summary>
    /// <returns>False when it is gone.</returns>
    public bool MakePrimary()
    {
        lock (_gate)
        {
            if (_state == StoredObjectState.Deleted)
                return false;
            if (!IsSecondary)
                return true;
            // Nobody takes memory that is pinned.
            if (_block?.TryPin() is not { } pin)
                return false;
            _block.ClearEvictable();
            _isMadePrimary = true;
            pin.Dispose();
        }

        _store.OnMadePrimary(this);
        return true;
    }

    /// <summary>Gives memory and disk back, now or when the last pin goes.</summary>
    /// <returns>False when it had been deleted before.</returns>
    public bool Delete()
    {
        StoreBlock? block;
        SpillRecord? record;
        RestoreJob? stopped;
        TaskCompletionSource<StorePin>[] waiters;
        lock (_gate)
        {
            if (_state == StoredObjectState.Deleted)
                return false;
            block = _block;
            record = _record;
            LeavesDiskOnly_NeedsLock();
            _record = null;
            waiters = _restores.TakeAll(out stopped);
            _state = StoredObjectState.Deleted;
        }

        stopped?.StopWaiting();
        foreach (TaskCompletionSource<StorePin> waiter in waiters)
            waiter.TrySetException(new ObjectDisposedException(nameof(StoredObject)));
        _store.OnObjectDeleted(this);
        _store.Spilling?.Candidates.Remove(this);
        block?.Delete();
        if (record is not null)
            _store.Spilling!.Space.Free(record, this);
        return true;
    }

    /// <summary>Whether it was used since this was last asked; asked by the spilling, which comes by in order of age.</summary>
    internal bool TakeUse()
    {
        bool used = Volatile.Read(ref _isUsed);
        if (used)
            Volatile.Write(ref _isUsed, false);
        return used;
    }

    /// <summary>Starts writing if nobody reads it; the pin keeps its memory meanwhile.</summary>
    internal StorePin? TryBeginSpill()
    {
        lock (_gate)
        {
            if (_state != StoredObjectState.InMemory || _block is not { PinCount: 0 } block || block.TryPin() is not { } pin)
                return null;
            _state = StoredObjectState.Spilling;
            return pin;
        }
    }

    /// <summary>It is written; null: that failed. False: it was deleted meanwhile, and so is the record.</summary>
    internal bool EndSpill(SpillRecord? record, StorePin pin)
    {
        bool isWanted;
        lock (_gate)
        {
            isWanted = _state == StoredObjectState.Spilling;
            if (isWanted)
            {
                _record = record;
                _state = record is null ? StoredObjectState.InMemory : StoredObjectState.InBoth;
                if (record is not null)
                    _block!.ListEvictable(OnEvicted);
            }
        }

        if (!isWanted && record is not null)
            _store.Spilling!.Space.Free(record, this);
        // Last, because that tells whoever waits for memory.
        pin.Dispose();
        return isWanted;
    }

    /// <summary>
    /// It is in memory again, with its record; the waiters' pins come before anybody can take that memory. <paramref name="next"/> is to be started now.
    /// </summary>
    internal StorePin?[] EndRestore(RestoreJob job, StoreBlock block, bool isMapped, out TaskCompletionSource<StorePin>[] waiters, out RestoreJob? next)
    {
        StorePin?[] pins = [];
        RestoreJob? stopped = null;
        bool isKept = false;
        waiters = [];
        next = null;
        lock (_gate)
        {
            if (IsCurrent_NeedsLock(job))
            {
                isKept = !isMapped;
                if (isMapped)
                {
                    waiters = job.Take();
                    pins = [.. waiters.Select(_ => block.TryPin())];
                    next = Leave_NeedsLock(job);
                }
                else
                {
                    waiters = _restores.TakeAll(out stopped);
                    pins = [.. waiters.Select(_ => block.TryPin())];
                    LeavesDiskOnly_NeedsLock();
                    Volatile.Write(ref _block, block);
                    Volatile.Write(ref _isUsed, true);
                    _state = StoredObjectState.InBoth;
                    block.ListEvictable(OnEvicted);
                }
            }
        }

        stopped?.StopWaiting();
        if (!isKept)
            block.Delete();
        return pins;
    }

    /// <summary>It could not be read back: lost, or only for now. <paramref name="next"/> is to be started now.</summary>
    internal TaskCompletionSource<StorePin>[] FailRestore(RestoreJob job, bool isLost, out RestoreJob? next)
    {
        SpillRecord? record = null;
        RestoreJob? stopped = null;
        TaskCompletionSource<StorePin>[] waiters;
        next = null;
        lock (_gate)
        {
            if (!IsCurrent_NeedsLock(job))
                return [];
            if (isLost)
            {
                waiters = _restores.TakeAll(out stopped);
                record = _record;
                LeavesDiskOnly_NeedsLock();
                _record = null;
                _state = StoredObjectState.Damaged;
            }
            else
            {
                waiters = job.Take();
                next = Leave_NeedsLock(job);
            }
        }

        stopped?.StopWaiting();
        if (record is not null)
            _store.Spilling!.Space.Free(record, this);
        return waiters;
    }

    /// <summary>Gives up the record in a file that is mostly dead. What is in memory too is spilled again when it must be; for the rest this says what to move.</summary>
    /// <param name="file">The file.</param>
    /// <param name="record">What is to be moved; null: nothing, or, while it is read back, nothing now.</param>
    /// <returns>Whether it was given up.</returns>
    internal bool TryLeaveFile(SpilledFile file, out SpillRecord? record)
    {
        record = null;
        SpillRecord left;
        lock (_gate)
        {
            if (_record is not { } here || here.File != file)
                return false;
            left = here;
            if (_state != StoredObjectState.InBoth || _block is not { } block || block.TryPin() is not { } pin)
            {
                record = _state is StoredObjectState.InBoth or StoredObjectState.Spilled ? here : null;
                return false;
            }

            block.ClearEvictable();
            _record = null;
            _state = StoredObjectState.InMemory;
            pin.Dispose();
        }

        _store.Spilling!.Space.Free(left, this);
        _store.Spilling!.Candidates.Add(this);
        return true;
    }

    /// <summary>The record was written anew elsewhere. If the old one is not the object's any more, neither is the new one.</summary>
    internal void Moved(SpillRecord from, SpillRecord to)
    {
        bool isWanted;
        lock (_gate)
        {
            isWanted = _record == from;
            if (isWanted)
                _record = to;
        }

        _store.Spilling!.Space.Free(isWanted ? from : to, this);
    }

    internal void OnSecondaryEvicted(StoreBlock block)
    {
        if (Delete())
            _evicted!(this);
    }

    internal void OnEvicted(StoreBlock block)
    {
        lock (_gate)
        {
            if (_block == block && _state == StoredObjectState.InBoth)
                Evicted_NeedsLock();
        }
    }

    private ValueTask<StorePin> PinAsync(RestoreKind kind, CancellationToken ct)
    {
        if (TryPin() is { } pin)
            return new(pin);
        if (ct.IsCancellationRequested)
            return ValueTask.FromCanceled<StorePin>(ct);
        TaskCompletionSource<StorePin> waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RestoreJob? started = null;
        lock (_gate)
        {
            if (TryPin_NeedsLock() is { } now)
                return new(now);
            if (_state == StoredObjectState.Damaged)
                return ValueTask.FromException<StorePin>(new ObjectDamagedException($"An object of {Length} bytes was lost on disk."));
            if (_state == StoredObjectState.Deleted || _record is null || _store.Spilling is null || _store.IsDisposed)
                return ValueTask.FromException<StorePin>(new ObjectDisposedException(nameof(StoredObject)));
            started = _restores.Join(waiter, this, _record, kind);
            _state = StoredObjectState.Restoring;
        }

        if (started is not null)
            _store.Spilling!.Restorer.Start(started);
        return new(ct.CanBeCanceled ? WaitAsync(waiter, ct) : waiter.Task);
    }

    private bool IsCurrent_NeedsLock(RestoreJob job) => _state == StoredObjectState.Restoring && _restores.Contains(job);

    private RestoreJob? Leave_NeedsLock(RestoreJob job)
    {
        RestoreJob? next = _restores.Leave(job);
        if (!_restores.IsAny)
            _state = StoredObjectState.Spilled;
        return next;
    }

    private async Task<StorePin> WaitAsync(TaskCompletionSource<StorePin> waiter, CancellationToken ct)
    {
        // Set by whoever reads it, or here: then the pin that comes too late is given back by the reader.
        await using CancellationTokenRegistration registration = ct.UnsafeRegister(static (w, token) => ((TaskCompletionSource<StorePin>)w!).TrySetCanceled(token), waiter);
        try
        {
            return await waiter.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Abandon(waiter);
            throw;
        }
    }

    /// <summary>Room in the arena is not waited for when nobody wants it any more; everything else goes on.</summary>
    private void Abandon(TaskCompletionSource<StorePin> waiter)
    {
        RestoreJob? stopped;
        lock (_gate)
        {
            stopped = _restores.Abandon(waiter);
            if (_state == StoredObjectState.Restoring && !_restores.IsAny)
                _state = StoredObjectState.Spilled;
        }

        stopped?.StopWaiting();
    }

    private StorePin? TryPin_NeedsLock()
    {
        if (TryPin() is { } pin)
            return pin;
        // Evicted, and the store has not said so yet.
        if (_state == StoredObjectState.InBoth && _block is { IsDeleted: true })
            Evicted_NeedsLock();
        return null;
    }

    private void MarkUsed()
    {
        if (!Volatile.Read(ref _isUsed))
            Volatile.Write(ref _isUsed, true);
    }

    private void Evicted_NeedsLock()
    {
        Volatile.Write(ref _block, null);
        _state = StoredObjectState.Spilled;
        _store.Spilling!.CountOnDiskOnly(Length, 1);
    }

    private void LeavesDiskOnly_NeedsLock()
    {
        if (_state is StoredObjectState.Spilled or StoredObjectState.Restoring)
            _store.Spilling!.CountOnDiskOnly(-Length, -1);
    }
}
