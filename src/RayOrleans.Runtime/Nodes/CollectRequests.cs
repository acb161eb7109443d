using System.Diagnostics;

namespace RayOrleans.Runtime;

/// <summary>
/// Has the garbage collector look for dropped references when the store needs room: at the store's request, and early, when puts since
/// the last collection come near the store's size. Rate-limited; runs on a thread of its own.
/// </summary>
internal sealed class CollectRequests(NodeServices node) : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly object _sleep = new();
    private Thread? _thread;
    private bool _requested;
    private bool _stopped;

    public void Start()
    {
        node.Store.PressureRequested += Request;
        _thread = new Thread(Main) { IsBackground = true, Name = "ray-collect" };
        _thread.UnsafeStart();
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
            lock (_sleep)
            {
                while (!_requested && !_stopped)
                {
                    Monitor.Wait(_sleep);
                }

                if (_stopped)
                {
                    return;
                }

                _requested = false;
            }

            long start = Stopwatch.GetTimestamp();

            // A young collection finds most dropped references; a full one the rest, when that made no room.
            Collect(0);
            if (node.Store.GetTotals().Waiting > 0)
            {
                Collect(GC.MaxGeneration);
            }

            TimeSpan spent = Stopwatch.GetElapsedTime(start);
            lock (_sleep)
            {
                TimeSpan pause = spent > Shortest ? spent : Shortest;
                if (!_stopped)
                {
                    Monitor.Wait(_sleep, pause);
                }
            }
        }
    }

    private void Collect(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        node.Releases.Drain();
    }
}
