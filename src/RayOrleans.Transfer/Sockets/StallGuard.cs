namespace RayOrleans.Transfer;

/// <summary>Closes a connection on which nothing moves for too long. Thread-safe.</summary>
internal sealed class StallGuard : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action _stalled;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private TimeSpan _limit = Timeout.InfiniteTimeSpan;
    private long _since;
    private bool _fired;

    /// <param name="time">The clock.</param>
    /// <param name="stalled">Closes the connection.</param>
    public StallGuard(TimeProvider time, Action stalled)
    {
        _time = time;
        _stalled = stalled;
        _timer = time.CreateTimer(static self => ((StallGuard)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the connection was closed by this guard.</summary>
    public bool HasFired
    {
        get
        {
            lock (_gate)
                return _fired;
        }
    }

    /// <summary>From now on something must happen every <paramref name="limit"/>.</summary>
    public void Watch(TimeSpan limit)
    {
        lock (_gate)
        {
            _limit = limit;
            _since = _time.GetTimestamp();
            _timer.Change(limit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Something happened. The timer is left alone: it looks at the time when it fires.</summary>
    public void Progress()
    {
        lock (_gate)
            _since = _time.GetTimestamp();
    }

    /// <summary>Nothing needs to happen any more.</summary>
    public void Rest()
    {
        lock (_gate)
        {
            _limit = Timeout.InfiniteTimeSpan;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_gate)
        {
            if (_limit == Timeout.InfiniteTimeSpan)
                return;
            TimeSpan left = _limit - _time.GetElapsedTime(_since);
            if (left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            _fired = true;
        }

        _stalled();
    }
}
