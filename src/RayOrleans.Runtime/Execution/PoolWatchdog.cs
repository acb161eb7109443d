namespace RayOrleans.Runtime;

/// <summary>
/// Keeps the .NET thread pool responsive when user code burns on it (<c>Task.Run</c>, <c>Parallel</c>): measures how long an empty
/// item waits, adds threads while that is too long, takes them back later, and names the functions that were running.
/// A starved pool would freeze Orleans and get the silo declared dead.
/// </summary>
internal sealed class PoolWatchdog(NodeServices node) : IThreadPoolWorkItem
{
    private const int MaxAdded = 256;

    /// <summary>
    /// From so many added threads on, only long waits add another: loops of <c>Parallel</c> take every thread there is, give it back
    /// after about 100 ms, and with many of them each waits long for a core. Measured, longest ping in 4 s: 160 ms with this bound, up to 260 ms without.
    /// </summary>
    private const int ManyPerCore = 4;

    private const int LongQueue = 16;
    private static readonly long TooLong = Clock.FromMilliseconds(12);
    private static readonly long TooLongForMany = Clock.FromMilliseconds(80);
    private static readonly long Calm = Clock.FromMilliseconds(10_000);

    private readonly int _minimum = MinimumThreads();
    private long _asked;
    private long _answered;
    private long _lastTrouble;
    private int _added;

    public void Execute() => Volatile.Write(ref _answered, Clock.Now);

    /// <summary>One check; called every few milliseconds.</summary>
    public void Check(long now)
    {
        if (_asked == 0 || Volatile.Read(ref _answered) >= _asked)
        {
            if (_added > 0 && now - _lastTrouble > Calm)
            {
                _added = 0;
                SetMinimum(_minimum);
            }

            _asked = now;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        bool isMany = _added >= ManyPerCore * Environment.ProcessorCount;
        if (now - Math.Max(_asked, _lastTrouble) <= (isMany ? TooLongForMany : TooLong) || _added >= MaxAdded)
        {
            return;
        }

        if (_added == 0)
        {
            string running = string.Join(", ", EventLog.RunningFunctions(node).Take(5));
            node.Events.Warn($"The .NET thread pool is starved; threads are added. Running now: {(running.Length == 0 ? "nothing of this node" : running)}.");
        }

        // The pool serves in order of arrival: a long queue of burns needs as many threads before what comes after them is served.
        long queued = ThreadPool.PendingWorkItemCount;
        int more = queued > LongQueue ? (int)Math.Min(queued, MaxAdded - _added) : 1;
        _lastTrouble = now;
        _added += more;
        SetMinimum(Math.Max(_minimum, ThreadPool.ThreadCount) + more);
    }

    private static int MinimumThreads()
    {
        ThreadPool.GetMinThreads(out int workers, out _);
        return workers;
    }

    private static void SetMinimum(int workers)
    {
        ThreadPool.GetMinThreads(out _, out int completion);
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.SetMinThreads(Math.Min(workers, most), completion);
    }
}
