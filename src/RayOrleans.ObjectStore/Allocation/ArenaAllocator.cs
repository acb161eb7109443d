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

    private readonly IArenaBacking _backing;
    private readonly RunAllocator _runs;
    private readonly RunShard[] _shards;
    private readonly Lock _runGate = new();

    /// <summary>Held while the file grows, which takes 0.4 ms per MB: only those who need new memory wait for it.</summary>
    private readonly Lock _commitGate = new();
    private long _untouchedSeen;
    private bool _closed;

    public ArenaAllocator(IArenaBacking backing, long capacity)
    {
        _backing = backing;
        _runs = new RunAllocator(capacity);
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
                return _runs.CommittedBytes;
        }
    }

    public ShardTotals Totals()
    {
        ShardTotals sum = default;
        foreach (RunShard shard in _shards)
        {
            sum.UsedBytes += Volatile.Read(ref shard.Totals.UsedBytes);
            sum.PinnedBytes += Volatile.Read(ref shard.Totals.PinnedBytes);
            sum.PinnedBlocks += Volatile.Read(ref shard.Totals.PinnedBlocks);
            sum.Frees += Volatile.Read(ref shard.Totals.Frees);
            sum.Creates += Volatile.Read(ref shard.Totals.Creates);
            sum.Deletes += Volatile.Read(ref shard.Totals.Deletes);
        }

        return sum;
    }

    /// <summary>Takes a run of exactly <paramref name="length"/> bytes (already rounded); false only when none is free, cached ones included.</summary>
    public bool TryTake(long length, out CachedRun run)
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

        lock (_runGate)
        {
            if (TryTake_NeedsLock(length, lastResort: false, out run))
                return true;
        }

        return TryGrow(length, out run) || TryLastResort(length, out run);
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
            _runs.GiveBack(run.Run);
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

    private bool TryRefill_NeedsLock(RunShard shard, long length, out CachedRun run)
    {
        lock (_runGate)
        {
            if (!TryTake_NeedsLock(length, lastResort: false, out run))
                return false;
            for (int i = 1; i < RefillRuns && TryTake_NeedsLock(length, lastResort: false, out CachedRun extra); i++)
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

    private bool TryTake_NeedsLock(long length, bool lastResort, out CachedRun run)
    {
        int taken = _runs.TryTake(length, lastResort);
        if (_runs.UntouchedBytes < _untouchedSeen - ReserveStep)
        {
            _untouchedSeen = _runs.UntouchedBytes;
            Grown?.Invoke();
        }

        run = taken == RunTable.None ? default : new CachedRun(taken, _runs.OffsetOf(taken));
        return taken != RunTable.None;
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
