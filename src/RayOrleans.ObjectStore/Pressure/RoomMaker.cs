namespace RayOrleans.ObjectStore;

/// <summary>What happens when the store is full: pressure, quarantine, eviction, then waiting in line. Calls out without locks.</summary>
internal sealed class RoomMaker
{
    private static readonly TimeSpan WhileWriting = TimeSpan.FromMilliseconds(50);

    private readonly SharedMemoryStore _store;
    private readonly ArenaOptions _options;
    private readonly ArenaAllocator _allocator;
    private readonly EvictionList _evictable;
    private readonly Quarantine _quarantine;
    private readonly WaitQueue _queue;
    private readonly Lock _lineGate = new();
    private ITimer? _tick;
    private long _lastPressure;
    private long _evictions;
    private long _waits;
    private int _serveRequests;

    public RoomMaker(SharedMemoryStore store, ArenaOptions options, ArenaAllocator allocator, EvictionList evictable, Quarantine quarantine)
    {
        _store = store;
        _options = options;
        _allocator = allocator;
        _evictable = evictable;
        _quarantine = quarantine;
        _queue = new WaitQueue(options.OvertakeBytes);
        _lastPressure = options.TimeProvider.GetTimestamp() - (long)(options.PressureInterval.TotalSeconds * options.TimeProvider.TimestampFrequency) - 1;
    }

    public long Evictions => Volatile.Read(ref _evictions);

    public long Waits => Volatile.Read(ref _waits);

    public int Waiting => _queue.Count;

    /// <summary>A block from free memory, unless older requests wait that must not be overtaken.</summary>
    public StoreBlock? TryAllocate(long length, ReadOnlySpan<long> places)
    {
        if (_queue.Count == 0)
            return _store.TryAllocate(length, places);
        long allocated = RunAllocator.Round(length);
        if (!_queue.TryOvertake(allocated, out Waiter? charged))
            return null;
        StoreBlock? block = _store.TryAllocate(length, places);
        if (block is null && charged is not null)
            _queue.Refund(charged, allocated);
        return block;
    }

    /// <summary>
    /// Memory became free or evictable; called after that. A waiter enters the line before it looks for memory, and both take the allocator's locks,
    /// so either it finds this memory or the count read here includes it.
    /// </summary>
    public void OnRoom()
    {
        if (_queue.Count > 0)
            Serve();
    }

    public void ReclaimRested()
    {
        while (_quarantine.TryTake(out CachedRun run, out long length))
            _store.GiveBack(run, length);
    }

    /// <summary>Makes room for a block, or waits for it.</summary>
    public Task<StoreBlock> WaitAsync(long length, TimeSpan timeout, CancellationToken ct, bool mayUseDisk = true)
    {
        if (length > _store.CapacityBytes)
            return Task.FromException<StoreBlock>(Full(length, TimeSpan.Zero));
        Waiter waiter = new(length, timeout, _options.TimeProvider.GetTimestamp(), mayUseDisk);
        Enter(waiter);
        // With objects on disk there is nearly always something to evict: that is asked for first.
        if (_options.Spill is null || _evictable.IsEmpty)
            RequestCollection(waiter.AllocatedLength);
        Serve();
        if (_options.Spill is not null && waiter.Place is not null)
            RequestCollection(waiter.AllocatedLength);
        if (_store.IsDisposed)
            FailAll();
        if (timeout == TimeSpan.Zero)
            GiveUp(waiter);
        if (waiter.Task.IsCompleted)
            return waiter.Task;
        Interlocked.Increment(ref _waits);
        _store.SignalSpilling();

        waiter.Timer = _options.TimeProvider.CreateTimer(_ => TimeOut(waiter), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        waiter.Timer.Change(timeout, Timeout.InfiniteTimeSpan);
        waiter.Cancellation = ct.UnsafeRegister((_, token) => Leave(waiter, () => waiter.Cancel(token)), null);
        // Whoever took the waiter out meanwhile may not have seen its triggers; the barrier here and in TryExit makes one of us see the other.
        Interlocked.MemoryBarrier();
        if (waiter.Place is null)
            waiter.DisposeTriggers();
        return waiter.Task;
    }

    public void FailAll()
    {
        while (_queue.Candidates() is [var oldest, ..])
            Leave(oldest, () => oldest.Fail(new ObjectDisposedException(nameof(SharedMemoryStore))));
    }

    /// <summary>What the oldest waiting request asks for; 0: nobody waits.</summary>
    public long WantedBytes => _queue.Count == 0 ? 0 : _queue.Candidates() is [var oldest, ..] ? oldest.AllocatedLength : 0;

    /// <summary>Nothing more can be spilled: whoever has waited long enough gets other memory.</summary>
    public void ServeFromDisk(TimeSpan delay, Func<long, StoreBlock?> create)
    {
        foreach (Waiter waiter in _queue.Candidates())
        {
            if (!waiter.MayUseDisk || _options.TimeProvider.GetElapsedTime(waiter.Since) < delay)
                continue;
            if (create(waiter.Length) is not { } block)
                return;
            if (!Leave(waiter, () => waiter.Succeed(block)))
                block.Delete();
        }
    }

    private StoreFullException Full(long length, TimeSpan waited)
        => new(length, _allocator.LargestFree(), _store.GetTotals(), waited, _allocator.LastCommitError);

    /// <summary>What is being written makes room, or says why not, in a moment: so long a request waits on, within a bound.</summary>
    private void TimeOut(Waiter waiter)
    {
        if (_store.IsSpilling && _options.TimeProvider.GetElapsedTime(waiter.Since) < waiter.Timeout + _options.Spill!.WritePatience)
            waiter.Timer!.Change(WhileWriting, Timeout.InfiniteTimeSpan);
        else
            GiveUp(waiter);
    }

    private void GiveUp(Waiter waiter) => Leave(waiter, () => waiter.Fail(Full(waiter.Length, _options.TimeProvider.GetElapsedTime(waiter.Since))));

    private void Enter(Waiter waiter)
    {
        lock (_lineGate)
        {
            _queue.Add(waiter);
            _tick ??= _options.TimeProvider.CreateTimer(static self => ((RoomMaker)self!).Tick(), this, _options.PressureInterval, _options.PressureInterval);
        }
    }

    /// <summary>Takes a waiter out of the line and completes it, unless that has happened already.</summary>
    private bool Leave(Waiter waiter, Action complete)
    {
        if (!TryExit(waiter))
            return false;
        complete();
        // Those behind may be next.
        OnRoom();
        return true;
    }

    private bool TryExit(Waiter waiter)
    {
        lock (_lineGate)
        {
            if (!_queue.TryRemove(waiter))
                return false;
            if (_queue.Count == 0)
            {
                _tick?.Dispose();
                _tick = null;
            }
        }

        Interlocked.MemoryBarrier();
        waiter.DisposeTriggers();
        return true;
    }

    /// <summary>While somebody waits: asks again for collection, and finds rested and newly evictable memory.</summary>
    private void Tick()
    {
        if (_queue.Candidates() is not [var oldest, ..])
            return;
        RequestCollection(oldest.AllocatedLength);
        Serve();
        _store.SignalSpilling();
    }

    /// <summary>
    /// Serves the line. One thread at a time; a call during another's turn makes that one go round again, so no freed memory is overlooked
    /// and no thread waits for another.
    /// </summary>
    private void Serve()
    {
        if (Interlocked.Increment(ref _serveRequests) != 1)
            return;
        int seen;
        do
        {
            seen = Volatile.Read(ref _serveRequests);
            while (ServeOne())
            {
            }
        }
        while (Interlocked.Add(ref _serveRequests, -seen) != 0);
    }

    private bool ServeOne()
    {
        List<Waiter> candidates = _queue.Candidates();
        for (int i = 0; i < candidates.Count; i++)
        {
            Waiter waiter = candidates[i];
            StoreBlock? block;
            try
            {
                block = Allocate(waiter, mayEvict: i == 0);
            }
            catch (ObjectDisposedException error)
            {
                Leave(waiter, () => waiter.Fail(error));
                return false;
            }

            if (block is null)
                continue;
            if ((i > 0 && !_queue.TryOvertake(waiter.AllocatedLength, out _)) || !TryExit(waiter))
            {
                block.Delete();
                return true;
            }

            waiter.Succeed(block);
            return true;
        }

        return false;
    }

    private StoreBlock? Allocate(Waiter waiter, bool mayEvict)
    {
        StoreBlock? block = _store.TryAllocate(waiter.Length);
        // Freed blocks need not touch each other, so evicting as much as is wanted may take several rounds.
        while (block is null && mayEvict && Evict(waiter.AllocatedLength))
            block = _store.TryAllocate(waiter.Length);
        return block;
    }

    /// <summary>Frees memory by deleting what may be evicted. False: none that is of use now.</summary>
    private bool Evict(long bytes)
    {
        if (_evictable.IsEmpty)
            return false;
        if (Evict(_evictable.Take(bytes, mustRest: false)))
            return true;
        // The rest is waited for, but not for more than is wanted: it would all be taken before the first of it is of use.
        Evict(_evictable.Take(bytes - _quarantine.Bytes, mustRest: true));
        return false;
    }

    private bool Evict(List<EvictionEntry> taken)
    {
        foreach (EvictionEntry entry in taken)
        {
            Interlocked.Increment(ref _evictions);
            CallOut(() => entry.Evicted(entry.Block));
            _store.OnDeleted();
            _store.Free(entry.Block, finalizing: false);
        }

        return taken.Count > 0;
    }

    private void RequestCollection(long bytes)
    {
        long last = Volatile.Read(ref _lastPressure);
        if (_options.TimeProvider.GetElapsedTime(last) >= _options.PressureInterval
            && Interlocked.CompareExchange(ref _lastPressure, _options.TimeProvider.GetTimestamp(), last) == last)
            CallOut(() => _store.RaisePressure(bytes));
    }

    private void CallOut(Action call)
    {
        try
        {
            call();
        }
        catch (Exception error)
        {
            _options.CallbackFailed?.Invoke(error);
        }
    }
}
