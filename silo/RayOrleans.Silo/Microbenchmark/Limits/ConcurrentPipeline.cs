using System.Collections.Concurrent;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Hands calls to an owned thread through a concurrent queue; the thread takes one at a time.</summary>
internal sealed class ConcurrentPipeline : IDisposable
{
    private readonly ConcurrentQueue<HandedCall> _queue = new();
    private readonly Signal _work;
    private readonly Signal _done;
    private readonly Thread _thread;
    private readonly HandedCall[] _calls;
    private int _isAwake;
    private bool _isEnding;

    /// <param name="inFlight">How many calls a round has.</param>
    /// <param name="spins">How often each side looks before it sleeps.</param>
    public ConcurrentPipeline(int inFlight, int spins)
    {
        _calls = new HandedCall[inFlight];
        _work = new Signal(spins);
        _done = new Signal(spins);
        _thread = new Thread(Loop) { IsBackground = true, Name = "limit pipeline" };
        _thread.Start();
    }

    /// <summary>Hands over all calls of a round, then waits for the last and reads every result.</summary>
    public void Round(Func<object> function)
    {
        for (int i = 0; i < _calls.Length; i++)
        {
            HandedCall call = _calls[i] = new HandedCall(function);
            _queue.Enqueue(call);

            // The thread clears the flag before it looks at the queue a last time; with the barrier one of the two sees the other.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _isAwake) == 0 && Interlocked.Exchange(ref _isAwake, 1) == 0)
            {
                _work.Set();
            }
        }

        _done.Wait();
        foreach (HandedCall call in _calls)
        {
            ArgumentNullException.ThrowIfNull(call.Result);
        }
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isEnding, true);
        _work.Set();
        _thread.Join();
    }

    private void Loop()
    {
        int left = _calls.Length;
        while (!Volatile.Read(ref _isEnding))
        {
            while (_queue.TryDequeue(out HandedCall? call))
            {
                call.Run();
                if (--left == 0)
                {
                    left = _calls.Length;
                    _done.Set();
                }
            }

            Interlocked.Exchange(ref _isAwake, 0);
            if (_queue.IsEmpty)
            {
                _work.Wait();
            }
        }
    }
}
