using System.Diagnostics;

namespace RayOrleans.ObjectStore;

/// <summary>An owned background thread that keeps some memory committed and faulted in ahead of need, and gives back to the system what is not used for long.</summary>
internal sealed class Prefaulter : IDisposable
{
    private readonly ArenaAllocator _allocator;
    private readonly long _reserve;
    private readonly TimeSpan _period;
    private readonly SemaphoreSlim _wake = new(1);
    private readonly Thread _thread;
    private volatile bool _isDue = true;
    private volatile bool _stop;

    public Prefaulter(ArenaAllocator allocator, long reserveBytes, TimeSpan giveBackAfter)
    {
        _allocator = allocator;
        _reserve = reserveBytes;
        // What was not used in this period and the one before has not been used for one to two periods.
        _period = giveBackAfter > TimeSpan.Zero ? giveBackAfter : Timeout.InfiniteTimeSpan;
        allocator.Grown = Wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "store prefault", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop = true;
        Wake();
        // The mapping may go next, so the thread must be out of it.
        _thread.Join();
    }

    private void Wake()
    {
        _isDue = true;
        if (_wake.CurrentCount == 0)
            _wake.Release();
    }

    private void Run()
    {
        long start = Stopwatch.GetTimestamp();
        while (!_stop)
        {
            TimeSpan left = _period == Timeout.InfiniteTimeSpan ? _period : _period - Stopwatch.GetElapsedTime(start);
            if (_period != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
            {
                GiveBack();
                start = Stopwatch.GetTimestamp();
                continue;
            }

            _wake.Wait(left);
            // Only after growth: a reserve that was given back stays so while nothing is used.
            if (!_isDue)
                continue;
            _isDue = false;
            while (!_stop && _allocator.TryReserveStep(_reserve))
            {
            }
        }
    }

    private void GiveBack()
    {
        while (!_stop && _allocator.TryTrimStep())
        {
        }

        _allocator.NextPeriod();
    }
}
