namespace RayOrleans.ObjectStore;

/// <summary>An owned background thread that keeps some memory committed and faulted in ahead of need.</summary>
internal sealed class Prefaulter : IDisposable
{
    private readonly ArenaAllocator _allocator;
    private readonly long _reserve;
    private readonly SemaphoreSlim _wake = new(1);
    private readonly Thread _thread;
    private volatile bool _stop;

    public Prefaulter(ArenaAllocator allocator, long reserveBytes)
    {
        _allocator = allocator;
        _reserve = reserveBytes;
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
        if (_wake.CurrentCount == 0)
            _wake.Release();
    }

    private void Run()
    {
        while (!_stop)
        {
            _wake.Wait();
            while (!_stop && _allocator.TryReserveStep(_reserve))
            {
            }
        }
    }
}
