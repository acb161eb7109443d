using System.Diagnostics;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>A thread that sleeps until its objects are settled.</summary>
internal sealed class ThreadWaiter : Watcher
{
    private readonly object _gate = new();
    private volatile bool _fired;
    private bool _cancelled;

    public override void Fire()
    {
        lock (_gate)
        {
            _fired = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends the sleep without the objects.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Spins briefly; true when it fired meanwhile.</summary>
    public bool Spin(long ticks)
    {
        long end = Stopwatch.GetTimestamp() + ticks;
        do
        {
            if (_fired)
            {
                return true;
            }

            Thread.SpinWait(16);
        }
        while (Stopwatch.GetTimestamp() < end);
        return _fired;
    }

    /// <summary>Sleeps; false when the time was over or the wait was cancelled first.</summary>
    public bool Sleep(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!_fired && !_cancelled)
            {
                if (timeout == Timeout.InfiniteTimeSpan)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                TimeSpan rest = timeout - Stopwatch.GetElapsedTime(start);
                if (rest <= TimeSpan.Zero || !Monitor.Wait(_gate, rest > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : rest))
                {
                    if (Stopwatch.GetElapsedTime(start) >= timeout)
                    {
                        return _fired;
                    }
                }
            }

            return _fired;
        }
    }
}
