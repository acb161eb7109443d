namespace RayOrleans.Transfer;

/// <summary>Counts work under way, and knows when the last has ended after closing. Thread-safe.</summary>
internal sealed class WorkCount
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _count;
    private bool _closed;

    /// <summary>Work begins, unless this is closed.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _count++;
            return true;
        }
    }

    /// <summary>Work that was let in has ended.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            _count--;
            if (_closed && _count == 0)
                _idle.TrySetResult();
        }
    }

    /// <summary>Lets no more in; completes when all are out.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_count == 0)
                _idle.TrySetResult();
        }

        return _idle.Task;
    }
}
