namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Hands calls to an owned thread through a list under a lock; the thread takes all that is there at once.</summary>
internal sealed class LockedPipeline : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Signal _work;
    private readonly Signal _done;
    private readonly Thread _thread;
    private readonly HandedCall[] _calls;
    private List<HandedCall> _queue = [];
    private List<HandedCall> _spare = [];
    private bool _isEnding;

    /// <param name="inFlight">How many calls a round has.</param>
    /// <param name="spins">How often each side looks before it sleeps.</param>
    public LockedPipeline(int inFlight, int spins)
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
            bool wasEmpty;
            lock (_gate)
            {
                wasEmpty = _queue.Count == 0;
                _queue.Add(call);
            }

            if (wasEmpty)
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
        while (true)
        {
            List<HandedCall> batch = TakeAll();
            if (batch.Count == 0)
            {
                if (Volatile.Read(ref _isEnding))
                {
                    return;
                }

                _work.Wait();
                continue;
            }

            foreach (HandedCall call in batch)
            {
                call.Run();
            }

            left -= batch.Count;
            batch.Clear();
            if (left == 0)
            {
                left = _calls.Length;
                _done.Set();
            }
        }
    }

    private List<HandedCall> TakeAll()
    {
        lock (_gate)
        {
            (_queue, _spare) = (_spare, _queue);
            return _spare;
        }
    }
}
