namespace RayOrleans.ObjectStore;

/// <summary>The threads that read back. A restore gets its memory first, in line with everybody else and without a thread, then a thread.</summary>
internal sealed class Restorer : IDisposable
{
    private readonly StoreSpilling _spilling;
    private readonly SharedMemoryStore _store;
    private readonly SpillOptions _options;
    private readonly object _gate = new();
    private readonly Queue<RestoreJob> _jobs = new();
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _stopped;

    public Restorer(StoreSpilling spilling, SharedMemoryStore store, SpillOptions options)
    {
        _spilling = spilling;
        _store = store;
        _options = options;
    }

    /// <summary>Starts a restore that no other is doing. Never blocks, never throws.</summary>
    public void Start(RestoreJob job)
    {
        if (!job.TryStart())
            return;
        try
        {
            job.Block = _store.TryCreate(job.Object.Length);
            if (job.Block is not null || job.Kind == RestoreKind.WhereFree)
            {
                Enqueue(job);
                return;
            }

            TimeSpan patience = job.Kind == RestoreKind.Arena ? _store.FullTimeout : _options.FallbackDelay;
            Task<StoreBlock> room = _store.WaitForRoom(job.Object.Length, patience, job.RoomToken);
            _ = room.ContinueWith(
                done => GoOn(job, done),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        catch (ObjectDisposedException)
        {
            Fail(job, new ObjectDisposedException(nameof(SharedMemoryStore)), isLost: false);
        }
    }

    public void Dispose()
    {
        Thread[] threads;
        RestoreJob[] left;
        lock (_gate)
        {
            _stopped = true;
            threads = [.. _threads];
            left = [.. _jobs];
            _jobs.Clear();
            Monitor.PulseAll(_gate);
        }

        foreach (RestoreJob job in left)
            Stop(job);
        foreach (Thread thread in threads)
            thread.Join();
    }

    /// <summary>The wait for room is over, with memory or without.</summary>
    private void GoOn(RestoreJob job, Task<StoreBlock> room)
    {
        // Read in any case, so that it counts as seen.
        Exception? error = room.Exception?.InnerException;
        job.Block = room.IsCompletedSuccessfully ? room.Result : null;
        if (job.HasMemory || job.Kind != RestoreKind.Arena)
            Enqueue(job);
        else
            Fail(job, error ?? new OperationCanceledException("The wait for room was ended."), isLost: false);
    }

    private void Enqueue(RestoreJob job)
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                _jobs.Enqueue(job);
                if (_jobs.Count > _idle && _threads.Count < _options.Readers)
                {
                    Thread thread = new(Main) { IsBackground = true, Name = "store-restore" };
                    _threads.Add(thread);
                    thread.UnsafeStart();
                }
                else
                {
                    Monitor.Pulse(_gate);
                }

                return;
            }
        }

        Stop(job);
    }

    private void Main()
    {
        while (true)
        {
            RestoreJob? job;
            lock (_gate)
            {
                _idle++;
                while (!_stopped && _jobs.Count == 0)
                    Monitor.Wait(_gate);
                _idle--;
                if (_stopped)
                    return;
                job = _jobs.Dequeue();
            }

            Run(job);
        }
    }

    private void Run(RestoreJob job)
    {
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            bool isMapped = job.Block is null;
            StoreBlock block = isMapped ? MapBlock(job) : ReadBlock(job);
            StorePin?[] pins = job.Object.EndRestore(job, block, isMapped, out TaskCompletionSource<StorePin>[] waiters, out RestoreJob? next);
            _spilling.Counters.Restored(job.Object.Length, TimeProvider.System.GetElapsedTime(start));
            for (int i = 0; i < waiters.Length; i++)
            {
                if (pins[i] is not { } pin)
                    waiters[i].TrySetException(new ObjectDisposedException(nameof(StoredObject)));
                else if (!waiters[i].TrySetResult(pin))
                    pin.Dispose();
            }

            if (next is not null)
                Start(next);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            bool isLost = error is ObjectDamagedException;
            if (isLost)
                Interlocked.Increment(ref _spilling.Counters.Damaged);
            Fail(job, error, isLost);
        }
    }

    private unsafe StoreBlock ReadBlock(RestoreJob job)
    {
        StoreBlock block = job.Block!;
        try
        {
            using SpillUse use = _spilling.Use(job.Object, job.Record);
            _spilling.Space.Read(use.Record, block.Pointer);
            block.Seal();
            return block;
        }
        catch
        {
            block.Delete();
            throw;
        }
    }

    private StoreBlock MapBlock(RestoreJob job)
    {
        using SpillUse use = _spilling.Use(job.Object, job.Record);
        SpillMapping mapping = _spilling.Space.Map(use.Record);
        use.PassOn();
        StoreBlock block = _store.CreateMapped(mapping, job.Object.Length);
        block.Seal();
        return block;
    }

    private void Stop(RestoreJob job)
    {
        job.Block?.Delete();
        Fail(job, new ObjectDisposedException(nameof(SharedMemoryStore)), isLost: false);
    }

    private void Fail(RestoreJob job, Exception error, bool isLost)
    {
        TaskCompletionSource<StorePin>[] waiters = job.Object.FailRestore(job, isLost, out RestoreJob? next);
        foreach (TaskCompletionSource<StorePin> waiter in waiters)
            waiter.TrySetException(error);
        if (next is not null)
            Start(next);
    }
}
