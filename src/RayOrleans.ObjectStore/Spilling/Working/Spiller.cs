namespace RayOrleans.ObjectStore;

/// <summary>The threads that write: one plans at a time, each writes what it planned. Started with the first spill; they sleep until something changes.</summary>
internal sealed class Spiller : IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly StoreSpilling _spilling;
    private readonly SharedMemoryStore _store;
    private readonly SpillOptions _options;
    private readonly object _sleep = new();
    private readonly Lock _planGate = new();
    private Thread[]? _threads;
    private long _inFlight;
    private int _atWork;
    private int _signals;
    private bool _stopped;

    public Spiller(StoreSpilling spilling, SharedMemoryStore store, SpillOptions options)
    {
        _spilling = spilling;
        _store = store;
        _options = options;
    }

    /// <summary>Bytes being written now.</summary>
    public long InFlightBytes => Volatile.Read(ref _inFlight);

    /// <summary>Whether something is being written, or looked for.</summary>
    public bool IsAtWork => Volatile.Read(ref _atWork) > 0;

    /// <summary>Something changed: objects, requests that wait, dead files. Never blocks.</summary>
    public void Signal()
    {
        lock (_sleep)
        {
            if (_stopped)
                return;
            _signals++;
            _threads ??= Start();
            Monitor.Pulse(_sleep);
        }
    }

    /// <summary>Ends the threads after what they are writing.</summary>
    public void Dispose()
    {
        Thread[]? threads;
        lock (_sleep)
        {
            _stopped = true;
            threads = _threads;
            Monitor.PulseAll(_sleep);
        }

        foreach (Thread thread in threads ?? [])
            thread.Join();
    }

    private Thread[] Start()
    {
        Thread[] threads = new Thread[_options.Writers];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Main) { IsBackground = true, Name = "store-spill" };
            threads[i].UnsafeStart();
        }

        return threads;
    }

    private void Main()
    {
        int seen = 0;
        while (true)
        {
            lock (_sleep)
            {
                while (!_stopped && _signals == seen && Monitor.Wait(_sleep, Sleep()))
                {
                }

                if (_stopped)
                    return;
                seen = _signals;
            }

            Interlocked.Increment(ref _atWork);
            try
            {
                while (!Volatile.Read(ref _stopped) && Step())
                {
                }
            }
            catch (Exception error)
            {
                _store.CallbackFailed(error);
            }
            finally
            {
                Interlocked.Decrement(ref _atWork);
            }
        }
    }

    /// <summary>A directory that rests is tried again by itself.</summary>
    private TimeSpan Sleep()
    {
        TimeSpan rest = _spilling.Space.Rest();
        return rest <= TimeSpan.Zero || rest > LongestSleep ? LongestSleep : rest < ShortestSleep ? ShortestSleep : rest;
    }

    private bool Step()
    {
        _spilling.Space.DeleteDead();
        _spilling.Mappings.Reclaim();
        List<(StoredObject Object, StorePin Pin)>? batch;
        bool isAgain;
        lock (_planGate)
            batch = Plan(out isAgain);
        if (isAgain)
            return true;
        if (batch is not null)
        {
            // Who else sleeps may have a batch of his own meanwhile.
            Signal();
            return Write(batch);
        }

        return Compact();
    }

    /// <summary>What to write now; null: nothing.</summary>
    /// <param name="isAgain">Whether so much was dropped meanwhile that all is to be looked at again.</param>
    private List<(StoredObject Object, StorePin Pin)>? Plan(out bool isAgain)
    {
        isAgain = false;
        long bytes = _spilling.Policy.BytesToSpill(_store.Pressure());
        if (bytes <= 0)
            return null;
        if (_spilling.Space.Rest() > TimeSpan.Zero)
            return null;
        if (_options.BeforeSpill is { } collect)
        {
            long dropped = _store.DroppedBytes;
            collect(bytes);
            // Not what is used now: whoever puts and drops may have filled it again already.
            isAgain = _store.DroppedBytes - dropped >= bytes;
            if (isAgain || _spilling.Policy.BytesToSpill(_store.Pressure()) <= 0)
                return null;
        }

        List<(StoredObject Object, StorePin Pin)> batch = _spilling.Candidates.Take(_spilling.Policy);
        if (batch.Count == 0)
        {
            if (InFlightBytes == 0)
                _store.ServeFromDisk();
            return null;
        }

        Interlocked.Add(ref _inFlight, batch.Sum(b => b.Object.AllocatedLength));
        return batch;
    }

    private unsafe bool Write(List<(StoredObject Object, StorePin Pin)> batch)
    {
        long start = TimeProvider.System.GetTimestamp();
        SpillRecord[]? records = null;
        try
        {
            SpillItem[] items = new SpillItem[batch.Count];
            for (int i = 0; i < items.Length; i++)
                items[i] = new SpillItem(batch[i].Object, batch[i].Pin.Block.Pointer, batch[i].Object.Length);
            if (_spilling.Space.TryWrite(items, out SpillRecord[] written))
                records = written;
        }
        finally
        {
            Interlocked.Add(ref _inFlight, -batch.Sum(b => b.Object.AllocatedLength));
            for (int i = 0; i < batch.Count; i++)
            {
                (StoredObject item, StorePin pin) = batch[i];
                if (item.EndSpill(records?[i], pin) && records is null)
                    _spilling.Candidates.Add(item);
            }
        }

        if (records is not null)
            _spilling.Counters.Spilled(records.Length, batch.Sum(b => b.Object.Length), TimeProvider.System.GetElapsedTime(start));
        return records is not null;
    }

    /// <summary>Empties one file that is mostly dead. False: there was none, or nothing in it can be given up or moved now.</summary>
    private bool Compact()
    {
        if (_spilling.Space.TryStartCompaction(_spilling.Policy.FileBytes) is not { } file)
            return false;
        try
        {
            bool isLess = false, isDamaged = false;
            foreach (StoredObject item in _spilling.Space.LiveIn(file))
            {
                if (item.TryLeaveFile(file, out SpillRecord? record))
                {
                    isLess = true;
                }
                else if (record is not null)
                {
                    MoveResult result = _spilling.Move(item, record);
                    if (result == MoveResult.NoRoom)
                        return false;
                    isDamaged |= result == MoveResult.Damaged;
                    isLess |= result == MoveResult.Moved;
                }
            }

            if (isDamaged)
                _spilling.Space.LeaveAsItIs(file);

            return isLess;
        }
        finally
        {
            _spilling.Space.EndCompaction(file);
        }
    }
}
