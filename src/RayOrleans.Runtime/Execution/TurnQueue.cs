namespace RayOrleans.Runtime;

/// <summary>
/// Work that does not overlap: the turns of one asynchronous attempt, or of all calls of one asynchronous actor. Runs on owned threads.
/// When a task's turn waits for another turn of the same task (a blocking wait for its own asynchronous code), another thread relieves it;
/// an actor's never, because its state is not made for two threads.
/// </summary>
internal sealed class TurnQueue(NodeServices node, bool isActor = false)
{
    private const int TurnsAtOnce = 64;

    private readonly Queue<(TurnContext Context, SendOrPostCallback Callback, object? State)> _items = new();
    private Dictionary<long, (TurnContext Context, SendOrPostCallback Callback, object? State)>? _early;
    private long _nextStart;
    private WorkerThread? _holder;
    private bool _active;
    private bool _relieved;

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

    /// <summary>
    /// Runs the first turn of a body on the calling thread, or queues it behind the running one. Several threads may have taken calls of an
    /// actor at once; their bodies start in the order of their numbers all the same.
    /// </summary>
    /// <param name="worker">The calling thread.</param>
    /// <param name="number">The body's number in this queue, from 0, without gaps.</param>
    /// <param name="context">Its context.</param>
    /// <param name="callback">The body.</param>
    /// <param name="state">Its argument.</param>
    public void Start(WorkerThread worker, long number, TurnContext context, SendOrPostCallback callback, object? state)
    {
        lock (_items)
        {
            if (number != _nextStart)
            {
                (_early ??= []).Add(number, (context, callback, state));
                return;
            }

            _nextStart++;
            if (_active)
            {
                _items.Enqueue((context, callback, state));
            }

            while (_early is not null && _early.Remove(_nextStart, out (TurnContext, SendOrPostCallback, object?) early))
            {
                _nextStart++;
                _items.Enqueue(early);
            }

            if (_active)
            {
                return;
            }

            _active = true;
            _holder = worker;
        }

        TurnQueue? outer = worker.Turn;
        worker.Turn = this;
        context.Invoke(worker, callback, state);
        worker.Turn = outer;
        Exit();
    }

    /// <summary>The thread that runs a turn is stuck: whatever waits behind it goes on elsewhere, where that is allowed.</summary>
    public void Relieve()
    {
        lock (_items)
        {
            if (isActor || _holder is null || _relieved || _items.Count == 0)
            {
                return;
            }

            _relieved = true;
        }

        node.Pool.Enqueue(this);
    }

    public void Run(WorkerThread worker)
    {
        bool relieves;
        lock (_items)
        {
            relieves = _holder is not null;
            _holder ??= worker;
        }

        worker.Turn = this;
        for (int i = 0; i < TurnsAtOnce; i++)
        {
            (TurnContext Context, SendOrPostCallback Callback, object? State) item;
            lock (_items)
            {
                if (!_items.TryDequeue(out item))
                {
                    break;
                }
            }

            item.Context.Invoke(worker, item.Callback, item.State);
        }

        worker.Turn = null;
        if (relieves)
        {
            lock (_items)
            {
                _relieved = false;
            }
        }
        else
        {
            Exit();
        }
    }

    private void Exit()
    {
        lock (_items)
        {
            _holder = null;
            if (_items.Count == 0)
            {
                _active = false;
                return;
            }
        }

        node.Pool.Enqueue(this);
    }
}
