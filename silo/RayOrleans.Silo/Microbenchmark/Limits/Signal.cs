namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Wakes one waiting thread. A set signal stays set until the waiter has seen it.</summary>
internal sealed class Signal(int spins)
{
    // Monitor.Wait needs a plain object.
    private readonly object _gate = new();
    private bool _isSet;
    private bool _isAsleep;

    /// <summary>Sets the signal and wakes the waiter if it sleeps.</summary>
    public void Set()
    {
        lock (_gate)
        {
            _isSet = true;
            if (_isAsleep)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Waits until the signal is set, at first by looking again as often as was asked for, and resets it.</summary>
    public void Wait()
    {
        for (int i = 0; i < spins && !Volatile.Read(ref _isSet); i++)
        {
            Thread.SpinWait(1);
        }

        lock (_gate)
        {
            _isAsleep = true;
            while (!_isSet)
            {
                Monitor.Wait(_gate);
            }

            _isAsleep = false;
            _isSet = false;
        }
    }
}
