namespace RayOrleans.ObjectStore;

/// <summary>
/// Freed runs of which the collector has lately found a pin, in the order in which they were freed. A store that creates takes what has rested; one that does not is told by
/// <see cref="Rested"/>, so that an idle store does not keep the memory. Thread-safe.
/// </summary>
internal sealed class Quarantine : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _rest;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Queue<(CachedRun Run, long Length, long Since)> _runs = new();
    private long _bytes;
    private bool _closed;

    public Quarantine(TimeProvider time, TimeSpan rest)
    {
        _time = time;
        _rest = rest;
        _timer = time.CreateTimer(static self => ((Quarantine)self!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called when the oldest run has rested, on a thread of the pool. It is to be taken then.</summary>
    public Action? Rested { get; set; }

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Adds a freed run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="since">When the collector found its last pin, which is when its rest began.</param>
    public void Add(CachedRun run, long length, long since)
    {
        lock (_gate)
        {
            _runs.Enqueue((run, length, since));
            Volatile.Write(ref _bytes, _bytes + length);
            if (_runs.Count == 1 && !_closed)
                _timer.Change(LeftOf(since), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The next run that has rested long enough.</summary>
    public bool TryTake(out CachedRun run, out long length)
    {
        (run, length) = (default, 0);
        if (Bytes == 0)
            return false;
        lock (_gate)
        {
            if (!_runs.TryPeek(out var oldest) || _time.GetElapsedTime(oldest.Since) < _rest)
                return false;
            _runs.Dequeue();
            Volatile.Write(ref _bytes, _bytes - oldest.Length);
            (run, length) = (oldest.Run, oldest.Length);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _timer.Dispose();
        }
    }

    private void OnTime()
    {
        Rested?.Invoke();
        lock (_gate)
        {
            if (!_closed && _runs.TryPeek(out var oldest))
                _timer.Change(LeftOf(oldest.Since), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan LeftOf(long since)
    {
        TimeSpan left = _rest - _time.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
