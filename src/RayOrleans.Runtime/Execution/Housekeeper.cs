namespace RayOrleans.Runtime;

/// <summary>
/// The node's clockwork on one owned thread: released holds, due retries, stuck queues, the .NET pool's health. It never runs user code.
/// </summary>
internal sealed class Housekeeper
{
    private static readonly TimeSpan BusyPeriod = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMilliseconds(25);

    private readonly NodeServices _node;
    private readonly PoolWatchdog _watchdog;
    private readonly StuckThreads _stuck;
    private readonly Thread _thread;
    private readonly object _sleep = new();
    private bool _stopped;

    public Housekeeper(NodeServices node)
    {
        _node = node;
        _watchdog = new PoolWatchdog(node);
        _stuck = new StuckThreads(node);
        _thread = new Thread(Main) { IsBackground = true, Name = "ray-housekeeper", Priority = ThreadPriority.AboveNormal };
    }

    public void Start() => _thread.UnsafeStart();

    public void Stop()
    {
        lock (_sleep)
        {
            _stopped = true;
            Monitor.Pulse(_sleep);
        }

        _thread.Join();
    }

    private void Main()
    {
        long lastStarted = 0;
        while (true)
        {
            bool busy = _node.Pool.RunningCount > 0;
            lock (_sleep)
            {
                if (_stopped)
                {
                    return;
                }

                Monitor.Wait(_sleep, busy ? BusyPeriod : QuietPeriod);
                if (_stopped)
                {
                    return;
                }
            }

            _node.Releases.Drain();
            long now = Clock.Now;
            _node.Gate.Tick(now);
            _node.PlacementGroups.Retry();
            _stuck.Check();
            _node.Pool.Rescue(ref lastStarted);
            _node.Processes?.Reap(now);
            _node.Memory?.Check(now);
            if (_node.IsProcess && busy)
            {
                _node.Gate.Do(static engine => engine.ReturnRiders());
            }

            _node.Side.Check(now);
            _watchdog.Check(now);
        }
    }
}
