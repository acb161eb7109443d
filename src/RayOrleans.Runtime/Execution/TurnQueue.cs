namespace RayOrleans.Runtime;

/// <summary>Work that never overlaps: the turns of one asynchronous attempt, or of all calls of one asynchronous actor. Runs on owned threads.</summary>
internal sealed class TurnQueue(NodeServices node)
{
    private const int TurnsAtOnce = 64;

    private readonly Queue<(TurnContext Context, SendOrPostCallback Callback, object? State)> _items = new();
    private bool _active;

    public void Post(TurnContext context, SendOrPostCallback callback, object? state)
    {
        lock (_items)
        {
            _items.Enqueue((context, callback, state));
            if (_active)
            {
                return;
            }

            _active = true;
        }

        node.Pool.Enqueue(this);
    }

    /// <summary>Begins a turn on the calling thread, if none runs.</summary>
    public bool TryEnter()
    {
        lock (_items)
        {
            if (_active)
            {
                return false;
            }

            return _active = true;
        }
    }

    /// <summary>Ends a turn begun by <see cref="TryEnter"/>.</summary>
    public void Exit()
    {
        lock (_items)
        {
            if (_items.Count == 0)
            {
                _active = false;
                return;
            }
        }

        node.Pool.Enqueue(this);
    }

    public void Run(WorkerThread worker)
    {
        for (int i = 0; i < TurnsAtOnce; i++)
        {
            (TurnContext Context, SendOrPostCallback Callback, object? State) item;
            lock (_items)
            {
                if (!_items.TryDequeue(out item))
                {
                    _active = false;
                    return;
                }
            }

            item.Context.Invoke(worker, item.Callback, item.State);
        }

        Exit();
    }
}
