using System.Collections.Concurrent;
using System.Diagnostics;

namespace RayOrleans.Runtime;

/// <summary>
/// The node's worker threads: as many run as there are CPUs, a few more for actors, and more take over while others block.
/// A thread without work spins briefly while a core is idle, then sleeps; the last to sleep is woken first.
/// </summary>
internal sealed class WorkerPool
{
    /// <summary>With short functions one thread keeps up with this many ready attempts before another is woken.</summary>
    private const int ShortBatch = 16;

    /// <summary>How far threads whose code waits beside the runtime are replaced, unless the user bounds the threads.</summary>
    private const int StuckBound = 1024;

    private static readonly TimeSpan Retirement = TimeSpan.FromSeconds(5);
    private static readonly long SpinTicks = Clock.FromMilliseconds(0.03);

    private readonly NodeServices _node;
    private readonly ConcurrentQueue<TurnQueue> _turns = new();
    private readonly Stack<WorkerThread> _idle = new();
    private readonly HashSet<WorkerThread> _threads = [];
    private readonly int _baseLimit;
    private readonly int _softBound;
    private readonly int _stuckBound;
    private int _nextId;
    private int _running;
    private int _blocked;
    private int _spinning;
    private int _turnCount;
    private int _extra;
    private long _started;
    private bool _isRunningShort;
    private bool _stopped;

    public WorkerPool(NodeServices node)
    {
        _node = node;
        int cpus = Math.Max(1, (int)Math.Ceiling(Core.ResourceAmount.ToDouble(node.Engine.Resources.Total.Cpu)));
        _baseLimit = cpus + 2;
        _softBound = node.Options.MaxWorkerThreads ?? Math.Max(64, 16 * cpus);
        _stuckBound = node.Options.MaxWorkerThreads ?? Math.Max(StuckBound, _softBound);
    }

    /// <summary>The node's driver, for code that runs outside of any attempt.</summary>
    public DriverRay? DriverRay { get; set; }

    /// <summary>Whether a turn waits for a thread.</summary>
    public bool HasTurns => Volatile.Read(ref _turnCount) > 0;

    /// <summary>Whether so many threads block that only what they wait for may start.</summary>
    public bool AtThreadBound => Volatile.Read(ref _blocked) >= _softBound;

    /// <summary>Whether a waiting thread may spin: a core is idle as far as this node can tell.</summary>
    public bool MaySpin => Environment.ProcessorCount > 1 && Volatile.Read(ref _running) + Volatile.Read(ref _spinning) <= Environment.ProcessorCount - 1;

    public int ThreadCount
    {
        get
        {
            lock (_idle)
            {
                return _threads.Count;
            }
        }
    }

    public int RunningCount => Volatile.Read(ref _running);

    public int BlockedCount => Volatile.Read(ref _blocked);

    /// <summary>Attempts started so far.</summary>
    public long StartedCount => Interlocked.Read(ref _started);

    /// <summary>The scope of the attempt whose code runs on the calling thread, where the flow does not tell.</summary>
    public TaskScope? ScopeOfThread => WorkerThread.Current is { } worker && ReferenceEquals(worker.Node, _node) ? worker.Scope : null;

    private int Limit => _baseLimit + Volatile.Read(ref _extra);

    private bool HasWork => HasTurns || _node.Gate.StartableHint > 0;

    /// <summary>An attempt of this function is about to run on the calling thread.</summary>
    public void Starting(FunctionInfo? function)
    {
        _started++;
        _isRunningShort = function is { IsShort: true };
        int startable = _node.Gate.StartableHint;
        if (startable > 0)
        {
            Signal(startable);
        }
    }

    public void Enqueue(TurnQueue turns)
    {
        Interlocked.Increment(ref _turnCount);
        _turns.Enqueue(turns);
        Signal(_node.Gate.StartableHint);
    }

    /// <summary>Runs an action of the runtime's on a worker thread.</summary>
    public void Post(Action action) => new TurnContext(new TurnQueue(_node), null).Post(static a => ((Action)a!)(), action);

    public bool TryTakeTurn(out TurnQueue turns)
    {
        if (HasTurns && _turns.TryDequeue(out turns!))
        {
            Interlocked.Decrement(ref _turnCount);
            return true;
        }

        turns = null!;
        return false;
    }

    /// <summary>There is work: wakes or starts threads as far as the limit allows.</summary>
    public void Signal(int startable)
    {
        int turns = Volatile.Read(ref _turnCount);
        int wanted = startable + turns - Volatile.Read(ref _spinning);
        if (wanted <= 0)
        {
            return;
        }

        if (turns == 0 && wanted < ShortBatch && _isRunningShort && Volatile.Read(ref _running) > 0)
        {
            return;
        }

        WakeUpTo(wanted);
    }

    /// <summary>Wakes threads whatever the running ones are expected to do.</summary>
    public void WakeUpTo(int wanted)
    {
        while (wanted-- > 0 && Volatile.Read(ref _running) < Limit && WakeOne())
        {
        }
    }

    public void ThreadBlocked()
    {
        Interlocked.Increment(ref _blocked);
        Interlocked.Decrement(ref _running);
        int work = _node.Gate.StartableHint + Volatile.Read(ref _turnCount);
        if (work > 0)
        {
            WakeUpTo(work);
        }
    }

    public void ThreadUnblocked()
    {
        Interlocked.Increment(ref _running);
        Interlocked.Decrement(ref _blocked);
    }

    /// <summary>
    /// Called now and then: when attempts could start and none has since the last call, the running ones do not give their threads up,
    /// so another thread is allowed; such threads are given back when nothing waits.
    /// </summary>
    public void Rescue(ref long lastStarted)
    {
        int work = _node.Gate.StartableHint + Volatile.Read(ref _turnCount);
        long started = StartedCount;
        if (work == 0)
        {
            if (_extra > 0)
            {
                _extra--;
            }
        }
        else
        {
            if (started == lastStarted && Volatile.Read(ref _running) >= Limit)
            {
                AllowMore();
            }

            WakeUpTo(work);
        }

        lastStarted = started;
    }

    /// <summary>The pool's threads, as of now.</summary>
    public WorkerThread[] Threads()
    {
        lock (_idle)
        {
            return [.. _threads];
        }
    }

    /// <summary>The calling worker has nothing to do. False: it should end.</summary>
    public bool Idle(WorkerThread thread)
    {
        Interlocked.Decrement(ref _running);
        if (Volatile.Read(ref _stopped))
        {
            if (HasTurns)
            {
                Interlocked.Increment(ref _running);
                return true;
            }

            return Forget(thread);
        }

        if (Spin())
        {
            Interlocked.Increment(ref _running);
            return true;
        }

        lock (_idle)
        {
            _idle.Push(thread);
        }

        // The other side writes its hint and then looks for idle threads; this side shows itself idle and then looks at the hint.
        Interlocked.MemoryBarrier();
        if ((HasWork || Volatile.Read(ref _stopped)) && TryTakeBack(thread))
        {
            Interlocked.Increment(ref _running);
            return true;
        }

        while (!thread.Sleep(Retirement))
        {
            lock (_idle)
            {
                if (_threads.Count <= _baseLimit || !RemoveIdle(thread))
                {
                    continue;
                }
            }

            return Forget(thread);
        }

        return true;
    }

    /// <summary>Lets every thread end once it has nothing to do, and waits for those that are idle.</summary>
    public void Stop(TimeSpan timeout)
    {
        Volatile.Write(ref _stopped, true);
        WorkerThread[] threads;
        lock (_idle)
        {
            threads = [.. _threads];
        }

        while (WakeOne(evenIfStopped: true))
        {
        }

        long end = Stopwatch.GetTimestamp() + Clock.FromMilliseconds(timeout.TotalMilliseconds);
        foreach (WorkerThread thread in threads)
        {
            if (thread.Thread == Thread.CurrentThread)
            {
                continue;
            }

            // Whoever made the thread starts it outside the lock.
            double rest = Clock.ToMilliseconds(end - Stopwatch.GetTimestamp());
            SpinWait.SpinUntil(() => (thread.Thread.ThreadState & System.Threading.ThreadState.Unstarted) == 0);
            thread.Thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, rest)));
        }
    }

    /// <summary>One thread more in place of one that computes for long; as many as are stuck in place of those.</summary>
    private void AllowMore()
    {
        int stuck = Threads().Count(t => t.IsStuck);
        if (stuck > _extra && _extra < _stuckBound)
        {
            _extra = Math.Min(_stuckBound, stuck + (stuck / 2));
        }
        else if (_extra < Math.Max(_softBound, stuck + 1) && _extra < _stuckBound)
        {
            _extra++;
        }
    }

    private bool Spin()
    {
        if (!MaySpin || Interlocked.CompareExchange(ref _spinning, 1, 0) != 0)
        {
            return false;
        }

        long end = Stopwatch.GetTimestamp() + SpinTicks;
        bool found;
        do
        {
            found = HasWork;
            if (found)
            {
                break;
            }

            Thread.SpinWait(16);
        }
        while (Stopwatch.GetTimestamp() < end);
        Volatile.Write(ref _spinning, 0);
        return found;
    }

    private bool WakeOne(bool evenIfStopped = false)
    {
        WorkerThread? thread;
        lock (_idle)
        {
            if (!_idle.TryPop(out thread))
            {
                if (evenIfStopped || _stopped || (_threads.Count >= _softBound + Limit && Volatile.Read(ref _running) > 0))
                {
                    return false;
                }

                // Inside the lock: whoever sees the thread may join it.
                thread = new WorkerThread(_node, ++_nextId);
                Interlocked.Increment(ref _running);
                thread.Start();
                _threads.Add(thread);
                return true;
            }
        }

        Interlocked.Increment(ref _running);
        thread.Wake();
        return true;
    }

    private bool TryTakeBack(WorkerThread thread)
    {
        lock (_idle)
        {
            return RemoveIdle(thread);
        }
    }

    private bool RemoveIdle(WorkerThread thread)
    {
        if (!_idle.Contains(thread))
        {
            return false;
        }

        WorkerThread[] others = [.. _idle.Where(t => t != thread).Reverse()];
        _idle.Clear();
        foreach (WorkerThread other in others)
        {
            _idle.Push(other);
        }

        return true;
    }

    private bool Forget(WorkerThread thread)
    {
        lock (_idle)
        {
            _threads.Remove(thread);
        }

        return false;
    }
}
