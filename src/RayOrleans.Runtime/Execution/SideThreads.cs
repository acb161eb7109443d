using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.Runtime;

/// <summary>
/// Threads of the node's own, as many as there are CPUs, for what user code starts beside its attempts: a loop of <c>Parallel</c> takes every
/// thread that it is given, and a silo needs those of the .NET pool. Measured, longest ping of a silo in 4 s while such loops burn on two cores: 11 ms, on the pool 230 ms.
/// </summary>
/// <remarks>Threads whose code waits are replaced; and, as on the .NET pool, another one comes when nothing has been taken for a while.</remarks>
internal sealed class SideThreads
{
    private const int MostThreads = 1024;

    private static readonly TimeSpan Retirement = TimeSpan.FromSeconds(5);
    private static readonly long Patience = Clock.FromMilliseconds(500);

    [ThreadStatic]
    private static SideThreads? t_current;

    private readonly Queue<(UserScheduler Scheduler, Task Task)> _queue = new();
    private readonly HashSet<SideThread> _threads = [];
    private readonly int _cpus = Environment.ProcessorCount;
    private int _nextId;
    private int _idle;
    private int _stuck;
    private int _late;
    private long _taken;
    private long _takenBefore;
    private long _lastProgress;

    /// <summary>Those of the node that the calling thread belongs to, as a worker or as one of these; null elsewhere.</summary>
    public static SideThreads? Current
    {
        get => t_current;
        set => t_current = value;
    }

    /// <summary>How many there are now.</summary>
    public int Count
    {
        get
        {
            lock (_queue)
            {
                return _threads.Count;
            }
        }
    }

    private int Limit => Math.Min(MostThreads, _cpus + _stuck + _late);

    public void Enqueue(UserScheduler scheduler, Task task)
    {
        lock (_queue)
        {
            _queue.Enqueue((scheduler, task));
            if (_idle > 0)
            {
                Monitor.Pulse(_queue);
            }

            StartThreads_NeedsLock();
        }
    }

    /// <summary>Allows more threads where those that are there do not get on; called every few milliseconds.</summary>
    public void Check(long now)
    {
        lock (_queue)
        {
            if (_threads.Count == 0)
            {
                return;
            }

            _stuck = _threads.Count(static thread => thread.IsStuck);
            if (_queue.Count == 0)
            {
                _late = 0;
            }

            if (_queue.Count == 0 || _taken != _takenBefore)
            {
                _takenBefore = _taken;
                _lastProgress = now;
            }
            else if (now - _lastProgress > Patience)
            {
                _late++;
                _lastProgress = now;
            }

            StartThreads_NeedsLock();
        }
    }

    private void StartThreads_NeedsLock()
    {
        // A sleeper that was woken and has not got up yet still counts as idle, and so does what it was woken for.
        while (_queue.Count > _idle && _threads.Count < Limit)
        {
            SideThread thread = new(++_nextId, Main);
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Main(SideThread thread)
    {
        t_current = this;
        while (TryTake(thread, out UserScheduler? scheduler, out Task? task))
        {
            scheduler.Run(task);
        }
    }

    private bool TryTake(SideThread thread, [NotNullWhen(true)] out UserScheduler? scheduler, [NotNullWhen(true)] out Task? task)
    {
        lock (_queue)
        {
            while (_threads.Count <= Limit)
            {
                if (_queue.TryDequeue(out (UserScheduler Scheduler, Task Task) work))
                {
                    _taken++;
                    (scheduler, task) = work;
                    return true;
                }

                if (!Sleep_NeedsLock(thread) && _queue.Count == 0)
                {
                    break;
                }
            }

            _threads.Remove(thread);
        }

        scheduler = null;
        task = null;
        return false;
    }

    private bool Sleep_NeedsLock(SideThread thread)
    {
        thread.IsIdle = true;
        _idle++;
        bool woken = Monitor.Wait(_queue, Retirement);
        _idle--;
        thread.IsIdle = false;
        return woken;
    }
}
