using System.Numerics;

namespace RayOrleans.ObjectStore;

/// <summary>
/// The thread-safe allocator: per-processor caches of small runs in front of one <see cref="RunAllocator"/>, and committing of
/// memory before it is handed out. Lock order: commit gate, shard, run gate.
/// </summary>
internal sealed class ArenaAllocator
{
    private const int RefillRuns = 16;
    private const long ReserveStep = 4 << 20;
    private const long TrimStep = 64 << 20;

    private readonly IArenaBacking _backing;
    private readonly RunAllocator _runs;
    private readonly RunShard[] _shards;
    private readonly GranuleMap _granules;
    private readonly Lock _runGate = new();

    /// <summary>Held while the file grows, which takes 0.4 ms per MB: only those who need new memory wait for it.</summary>
    private readonly Lock _commitGate = new();
    private long _untouchedSeen;
    private bool _closed;

    public ArenaAllocator(IArenaBacking backing, long capacity)
    {
        _backing = backing;
        _runs = new RunAllocator(capacity);
        _granules = new GranuleMap(capacity);
        Capacity = _untouchedSeen = capacity;
        int count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 64));
        long cacheBytes = Math.Min(1 << 20, capacity / 64 / count);
        _shards = new RunShard[count];
        for (int i = 0; i < count; i++)
            _shards[i] = new RunShard(cacheBytes);
    }

    public long Capacity { get; }

    /// <summary>Raised, under a lock, each time some more memory was taken that had not been in use before.</summary>
    public Action? Grown { get; set; }

    /// <summary>Why the file system last refused memory, or null.</summary>
    public IOException? LastCommitError { get; private set; }

    public RunShard CurrentShard => _shards[Thread.GetCurrentProcessorId() & (_shards.Length - 1)];

    public long CommittedBytes
    {
        get
        {
            lock (_runGate)
                return _runs.CommittedBytes - (_granules.PunchedCount * GranuleMap.GranuleBytes);
        }
    }

    public ShardTotals Totals()
    {
        ShardTotals sum = default;
        foreach (RunShard shard in _shards)
        {
            sum.UsedBytes += Volatile.Read(ref shard.Totals.UsedBytes);
            sum.PinnedBytes += Volatile.Read(ref shard.Totals.PinnedBytes);
            sum.Frees += Volatile.Read(ref shard.Totals.Frees);
            sum.Creates += Volatile.Read(ref shard.Totals.Creates);
            sum.Deletes += Volatile.Read(ref shard.Totals.Deletes);
        }

        return sum;
    }

    /// <summary>
    /// Whether no block was pinned at some moment during this call. A pinning is counted before it happens and its end afterwards, so reading all ends first
    /// never misses a block, wherever the two were counted.
    /// </summary>
    public bool IsUnpinned()
    {
        long ends = 0, pinnings = 0;
        foreach (RunShard shard in _shards)
            ends += Interlocked.Read(ref shard.Totals.Unpinnings);
        Interlocked.MemoryBarrier();
        foreach (RunShard shard in _shards)
            pinnings += Interlocked.Read(ref shard.Totals.Pinnings);
        return pinnings == ends;
    }

    /// <summary>Takes a run of exactly <paramref name="length"/> bytes (already rounded); false only when none is free, cached ones included.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="places">Where a large one is taken rather than elsewhere, the best place first: whoever writes it has these pages mapped.</param>
    /// <param name="run">The run.</param>
    public bool TryTake(long length, ReadOnlySpan<long> places, out CachedRun run)
    {
        if (length <= RunShard.CachedLimit)
        {
            RunShard shard = CurrentShard;
            lock (shard.Gate)
            {
                if (shard.TryPop_NeedsLock(length, out run) || TryRefill_NeedsLock(shard, length, out run))
                    return true;
            }
        }

        bool isTaken;
        lock (_runGate)
            isTaken = TryTakeAt_NeedsLock(places, length, out run) || TryTake_NeedsLock(length, lastResort: false, out run);
        return (isTaken || TryGrow(length, out run) || TryLastResort(length, out run)) && TryFill(run, length);
    }

    public void GiveBack(CachedRun run, long length)
    {
        if (length <= RunShard.CachedLimit)
        {
            RunShard shard = CurrentShard;
            lock (shard.Gate)
            {
                if (shard.TryPush_NeedsLock(length, run))
                    return;
            }
        }

        lock (_runGate)
        {
            _granules.Touch(run.Offset, length);
            _runs.GiveBack(run.Run);
        }
    }

    /// <summary>The longest free run; with those that processors keep for reuse, or without.</summary>
    public long LargestFree(bool drain = true)
    {
        if (drain)
            DrainCaches();
        lock (_runGate)
            return _runs.LargestFree();
    }

    /// <summary>From now on the file does not grow; returns when nobody is growing it.</summary>
    public void Close()
    {
        lock (_commitGate)
            _closed = true;
    }

    /// <summary>Commits and pre-faults one step ahead of need; false when the reserve is full or the file system refuses.</summary>
    public bool TryReserveStep(long reserve)
    {
        lock (_commitGate)
        {
            long start, end;
            lock (_runGate)
            {
                if (!_runs.PlanReserve(reserve, ReserveStep, out start, out end))
                    return false;
            }

            if (!TryCommit(start, end))
                return false;
            _backing.Populate(start, end - start);
            lock (_runGate)
                _runs.Committed(start, end);
            return true;
        }
    }

    /// <summary>A period of time has passed: from now on what was used in the one before the last counts as unused.</summary>
    public void NextPeriod()
    {
        // Else one small run in a processor's cache would keep all of its granule.
        DrainCaches();
        lock (_runGate)
            _granules.NextPeriod();
    }

    /// <summary>Gives one step of memory that has not been used for a period back to the system; false when there is none.</summary>
    public bool TryTrimStep()
    {
        lock (_commitGate)
        {
            if (_closed || !_backing.CanPunch)
                return false;
            long start, end;
            int run;
            lock (_runGate)
            {
                run = _runs.TakeCold(_granules, TrimStep, out start, out end);
                if (run == RunTable.None && (!_granules.IsIdle || !_runs.DropReserve(out start, out end)))
                    return false;
            }

            bool isPunched = _backing.TryPunch(start, end - start);
            if (run == RunTable.None)
                return isPunched;
            lock (_runGate)
            {
                if (isPunched)
                    _granules.Punched(start, end);
                _runs.GiveBack(run);
            }

            return isPunched;
        }
    }

    /// <summary>Commits what was given back to the system of a run that was taken; where that is refused, lists the run again.</summary>
    private bool TryFill(CachedRun run, long length)
    {
        if (_granules.PunchedCount == 0)
            return true;
        lock (_commitGate)
        {
            while (true)
            {
                long start, end;
                lock (_runGate)
                {
                    if (!_granules.TryFindPunched(run.Offset, length, out start, out end))
                        return true;
                }

                bool isCommitted = TryCommit(start, Math.Min(end, Capacity));
                lock (_runGate)
                {
                    if (isCommitted)
                    {
                        _granules.Filled(start, end);
                        continue;
                    }

                    _runs.GiveBack(run.Run);
                    return false;
                }
            }
        }
    }

    private bool TryRefill_NeedsLock(RunShard shard, long length, out CachedRun run)
    {
        lock (_runGate)
        {
            if (!TryTakeWhole_NeedsLock(length, out run))
                return false;
            for (int i = 1; i < RefillRuns && TryTakeWhole_NeedsLock(length, out CachedRun extra); i++)
            {
                if (shard.TryPush_NeedsLock(length, extra))
                    continue;
                _runs.GiveBack(extra.Run);
                break;
            }
        }

        return true;
    }

    private bool TryGrow(long length, out CachedRun run)
    {
        lock (_commitGate)
        {
            while (true)
            {
                long start, end;
                lock (_runGate)
                {
                    if (TryTake_NeedsLock(length, lastResort: false, out run))
                        break;
                    if (!_runs.PlanCommit(length, out start, out end))
                        return false;
                }

                if (!TryCommit(start, end))
                    return false;
                lock (_runGate)
                {
                    _runs.Committed(start, end);
                    // Taken in the same breath, or others could live on what we commit.
                    if (TryTake_NeedsLock(length, lastResort: false, out run))
                        break;
                }
            }
        }

        return true;
    }

    private bool TryLastResort(long length, out CachedRun run)
    {
        DrainCaches();
        // What the caches held may have stood between the free ends of both sides, which together are enough.
        if (TryGrow(length, out run))
            return true;
        lock (_runGate)
            return TryTake_NeedsLock(length, lastResort: true, out run);
    }

    private bool TryCommit(long start, long end)
    {
        if (_closed)
            return false;
        IOException? error = _backing.Commit(start, end - start);
        LastCommitError = error;
        return error is null;
    }

    private bool TryTakeAt_NeedsLock(ReadOnlySpan<long> places, long length, out CachedRun run)
    {
        foreach (long place in places)
        {
            if (_runs.TryTakeAt(place, length) is var taken && taken == RunTable.None)
                continue;
            run = new CachedRun(taken, place);
            _granules.Touch(place, length);
            return true;
        }

        run = default;
        return false;
    }

    private bool TryTake_NeedsLock(long length, bool lastResort, out CachedRun run)
    {
        int taken = _runs.TryTake(length, lastResort);
        if (_runs.UntouchedBytes < _untouchedSeen - ReserveStep)
        {
            _untouchedSeen = _runs.UntouchedBytes;
            Grown?.Invoke();
        }

        if (taken == RunTable.None)
        {
            run = default;
            return false;
        }

        run = new CachedRun(taken, _runs.OffsetOf(taken));
        _granules.Touch(run.Offset, length);
        return true;
    }

    /// <summary>As <see cref="TryTake_NeedsLock"/>, but only a run of which nothing was given back to the system.</summary>
    private bool TryTakeWhole_NeedsLock(long length, out CachedRun run)
    {
        if (!TryTake_NeedsLock(length, lastResort: false, out run))
            return false;
        if (_granules.PunchedCount == 0 || !_granules.TryFindPunched(run.Offset, length, out _, out _))
            return true;
        _runs.GiveBack(run.Run);
        return false;
    }

    private void DrainCaches()
    {
        foreach (RunShard shard in _shards)
        {
            lock (shard.Gate)
            {
                lock (_runGate)
                    shard.Drain_NeedsLock(_runs);
            }
        }
    }
}
