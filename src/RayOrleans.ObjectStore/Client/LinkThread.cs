namespace RayOrleans.ObjectStore;

/// <summary>A background thread that sleeps until it is woken, and is made when that first happens: then a finalizer may wake it, which could not start a thread that was finalized before it.</summary>
internal sealed class LinkThread(string name, Action body)
{
    private readonly SemaphoreSlim _wake = new(0);
    private int _isStarted;
    private int _isWoken;
    private volatile bool _isStopped;

    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) != 0)
            return;
        if (Volatile.Read(ref _isStarted) == 0 && Interlocked.Exchange(ref _isStarted, 1) == 0)
            new Thread(() => body(), 256 << 10) { IsBackground = true, Name = name }.Start();
        _wake.Release();
    }

    /// <summary>On the thread: sleeps until it is woken; false when it is to end.</summary>
    public bool Sleep()
    {
        _wake.Wait();
        Interlocked.Exchange(ref _isWoken, 0);
        return !_isStopped;
    }

    /// <summary>On the thread: sleeps for a while, or less when it is woken.</summary>
    public void Doze(TimeSpan time)
    {
        if (_wake.Wait(time))
            Interlocked.Exchange(ref _isWoken, 0);
    }

    public void Stop()
    {
        _isStopped = true;
        if (Volatile.Read(ref _isStarted) != 0)
            _wake.Release();
    }
}
