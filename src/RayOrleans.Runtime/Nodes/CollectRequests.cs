using System.Diagnostics;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>
/// Has the garbage collector look for dropped references when the store needs room: at the store's request, and early, when puts since
/// the last collection come near the store's size. Rate-limited; runs on a thread of its own.
/// </summary>
internal sealed class CollectRequests(NodeServices node) : IDisposable
{
    private const long SmallestGrowth = 64L << 20;
    private const int FullRest = 11;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    /// <summary>Who lets go of what was found may be put aside by the system while doing so; then it looks as if nothing had been found.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMilliseconds(500);

    private readonly object _sleep = new();
    private readonly ManualResetEventSlim _collected = new(false, 0);
    private readonly long _growth = Math.Max(SmallestGrowth, node.Store.CapacityBytes / 16);
    private long _usedAfterLast;
    private long _fullNotBefore;
    private Thread? _thread;
    private bool _requested;
    private bool _early;
    private bool _stopped;

    public void Start()
    {
        node.Store.PressureRequested += Request;
        _thread = new Thread(Main) { IsBackground = true, Name = "ray-collect" };
        _thread.UnsafeStart();
    }

    /// <summary>
    /// Called before a large value goes into the store. When the store has grown by a sixteenth since the last collection, a young
    /// collection comes first: references dropped since then give back memory that was touched already, which is written ten times
    /// faster than fresh memory. Nothing happens to programs that dispose of their references or keep them.
    /// </summary>
    public void BeforePut(long bytes)
    {
        if (TakenBytes() + bytes - Volatile.Read(ref _usedAfterLast) < _growth)
        {
            return;
        }

        lock (_sleep)
        {
            _early = true;
            _collected.Reset();
            Monitor.Pulse(_sleep);
        }

        _collected.Wait(LongestWait);
        Volatile.Write(ref _usedAfterLast, TakenBytes());
    }

    /// <summary>
    /// Called on a thread of the store's before it writes objects to disk: what nobody refers to any more needs no writing. A full collection is only tried
    /// as often as it pays: after one that found little, when ten times as long as it took has passed.
    /// </summary>
    public void BeforeSpill(long bytes)
    {
        long before = node.Store.GetTotals().DroppedBytes;
        Collect(0);
        if (node.Store.GetTotals().DroppedBytes - before < bytes)
        {
            CollectFully();
        }
    }

    public void Dispose()
    {
        node.Store.PressureRequested -= Request;
        lock (_sleep)
        {
            _stopped = true;
            Monitor.Pulse(_sleep);
        }

        _thread?.Join();
    }

    /// <summary>Without what rests: it is free before long, and a growth measured from a time when much of it was resting would be noticed late.</summary>
    private long TakenBytes() => node.Store.UsedBytes - node.Store.QuarantinedBytes;

    private void Request(long bytes)
    {
        lock (_sleep)
        {
            _requested = true;
            Monitor.Pulse(_sleep);
        }
    }

    private void Main()
    {
        while (true)
        {
            bool full;
            lock (_sleep)
            {
                while (!_requested && !_early && !_stopped)
                {
                    Monitor.Wait(_sleep);
                }

                if (_stopped)
                {
                    return;
                }

                full = _requested;
                _requested = _early = false;
            }

            long start = Stopwatch.GetTimestamp();

            // A young collection finds most dropped references; a full one the rest, when that made no room.
            Collect(0);
            _collected.Set();
            if (!full)
            {
                continue;
            }

            if (node.Store.GetTotals().Waiting > 0)
            {
                CollectFully();
            }

            TimeSpan spent = Stopwatch.GetElapsedTime(start);
            lock (_sleep)
            {
                TimeSpan pause = spent > Shortest ? spent : Shortest;
                if (!_stopped && !_early)
                {
                    Monitor.Wait(_sleep, pause);
                }
            }
        }
    }

    private void CollectFully()
    {
        long start = Stopwatch.GetTimestamp();
        StoreTotals totals = node.Store.GetTotals();
        if (totals.Spill.Spills > 0 && start < Volatile.Read(ref _fullNotBefore))
        {
            return;
        }

        Collect(GC.MaxGeneration);
        long spent = Stopwatch.GetTimestamp() - start;
        bool paid = node.Store.GetTotals().DroppedBytes - totals.DroppedBytes >= Math.Min(_growth / 4, node.Store.CapacityBytes / 8);
        Volatile.Write(ref _fullNotBefore, paid ? 0 : start + (spent * FullRest));
    }

    private void Collect(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        node.Releases.DrainAll(DrainPatience);
    }
}
