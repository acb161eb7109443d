using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>The parts of a store that spill and restore, made together. </summary>
internal sealed class StoreSpilling : IDisposable
{
    private readonly Lock _admissionGate = new();
    private readonly RestoreAdmission _admission;
    private readonly SpillOptions _options;
    private readonly TimeProvider _time;

    public StoreSpilling(SharedMemoryStore store, ArenaOptions arena, SpillOptions options, long capacity)
    {
        _options = options;
        _time = arena.TimeProvider;
        _admission = new RestoreAdmission(capacity / 2);
        Policy = new SpillPolicy(capacity, options.Threshold, options.FileBytes);
        Mappings = new MappedMemory(arena.TimeProvider, arena.QuarantineTime);
        Spiller = new Spiller(this, store, options);
        Space = new SpillSpace(options, arena.TimeProvider, Spiller.Signal);
        Restorer = new Restorer(this, store, options);
    }

    public SpillPolicy Policy { get; }

    public SpillSpace Space { get; }

    public SpillCandidates Candidates { get; } = new();

    public Spiller Spiller { get; }

    public Restorer Restorer { get; }

    public MappedMemory Mappings { get; }

    public SpillCounters Counters { get; } = new();

    /// <summary>Pins all of them, or waits until they may come in together; nothing is pinned while waiting.</summary>
    public async Task<StorePinSet> PinAllAsync(IReadOnlyList<StoredObject> objects, CancellationToken ct)
    {
        RestoreAdmission.Request request;
        lock (_admissionGate)
            request = _admission.Enter(objects.Sum(o => o.AllocatedLength));
        try
        {
            bool isAdmitted = request.IsAdmitted;
            if (!isAdmitted)
            {
                // Those who are in may wait for what this set is for. So it goes on after a while, but without taking memory from them.
                Task first = await Task.WhenAny(request.Admitted.Task, Task.Delay(_options.FallbackDelay, _time, ct)).ConfigureAwait(false);
                ct.ThrowIfCancellationRequested();
                isAdmitted = first == request.Admitted.Task;
            }

            Task<StorePin>[] tasks = [.. objects.Select(o => o.PinAsync(withoutPressure: !isAdmitted, ct).AsTask())];
            try
            {
                return new StorePinSet(await Task.WhenAll(tasks).ConfigureAwait(false), () => Leave(request));
            }
            catch
            {
                foreach (Task<StorePin> task in tasks)
                    _ = task.ContinueWith(static t => t.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw;
            }
        }
        catch
        {
            Leave(request);
            throw;
        }
    }

    public void CountOnDiskOnly(long bytes, int objects)
    {
        Interlocked.Add(ref Counters.DiskOnlyBytes, bytes);
        Interlocked.Add(ref Counters.DiskOnlyObjects, objects);
    }

    /// <summary>Keeps the file of an object's record, which may have been moved since the restore was started.</summary>
    /// <exception cref="ObjectDisposedException">The object was deleted.</exception>
    public SpillUse Use(StoredObject item, SpillRecord record)
    {
        while (!Space.TryUse(record))
            record = item.Record is { } now && now != record ? now : throw new ObjectDisposedException(nameof(StoredObject));
        return new SpillUse(Space, record);
    }

    /// <summary>Writes a record anew, out of a file that is mostly dead.</summary>
    public unsafe MoveResult Move(StoredObject item, SpillRecord record)
    {
        if (!Space.TryUse(record))
            return MoveResult.Moved;
        void* scratch = NativeMemory.Alloc((nuint)Math.Max(1, record.Length));
        try
        {
            Space.Read(record, (byte*)scratch);
            if (!Space.TryWrite([new SpillItem(item, (byte*)scratch, record.Length)], out SpillRecord[] written))
                return MoveResult.NoRoom;
            Interlocked.Add(ref Counters.MovedBytes, record.Length);
            item.Moved(record, written[0]);
            return MoveResult.Moved;
        }
        catch (ObjectDamagedException)
        {
            // Whoever restores it is told; it may be that the disk reads it again then.
            return MoveResult.Damaged;
        }
        finally
        {
            NativeMemory.Free(scratch);
            Space.EndUse(record.File);
        }
    }

    public SpillTotals Totals(long evictable)
    {
        SpaceTotals space = Space.Totals();
        return new SpillTotals
        {
            MemoryOnlyBytes = Candidates.Bytes + Spiller.InFlightBytes,
            EvictableBytes = evictable,
            LiveBytes = space.LiveBytes,
            LiveObjects = space.LiveObjects,
            DiskOnlyBytes = Volatile.Read(ref Counters.DiskOnlyBytes),
            DiskOnlyObjects = Volatile.Read(ref Counters.DiskOnlyObjects),
            FileBytes = space.FileBytes,
            Files = space.Files,
            MappedBytes = Mappings.Bytes,
            Spills = Volatile.Read(ref Counters.SpilledObjects),
            SpilledBytes = Volatile.Read(ref Counters.SpilledBytes),
            SpillTime = new TimeSpan(Volatile.Read(ref Counters.SpillTicks)),
            Restores = Volatile.Read(ref Counters.RestoredObjects),
            RestoredBytes = Volatile.Read(ref Counters.RestoredBytes),
            RestoreTime = new TimeSpan(Volatile.Read(ref Counters.RestoreTicks)),
            MovedBytes = Volatile.Read(ref Counters.MovedBytes),
            Damaged = Volatile.Read(ref Counters.Damaged),
            LastError = Space.LastError,
        };
    }

    public void Dispose()
    {
        Spiller.Dispose();
        Restorer.Dispose();
        Space.Dispose();
    }

    private void Leave(RestoreAdmission.Request request)
    {
        List<RestoreAdmission.Request> admitted;
        lock (_admissionGate)
            admitted = _admission.Leave(request);
        foreach (RestoreAdmission.Request next in admitted)
            next.Admitted.TrySetResult();
    }
}
