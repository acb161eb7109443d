namespace RayOrleans.ObjectStore;

/// <summary>
/// A store of immutable blocks in one shared-memory file. One process creates blocks and keeps all metadata; others may map
/// <see cref="FilePath"/> and read a block at its offset. Thread-safe.
/// </summary>
public sealed class SharedMemoryStore : IDisposable
{
    /// <summary>No time at which the collector found a pin.</summary>
    internal const long NeverCollected = long.MinValue;

    private readonly IArenaBacking _backing;
    private readonly ArenaAllocator _allocator;
    private readonly ArenaOptions _options;
    private readonly Quarantine _quarantine;
    private readonly EvictionList _evictable = new();
    private readonly RoomMaker _room;
    private readonly Prefaulter? _prefaulter;
    private long _primaryBytes;
    private long _secondaryBytes;
    private long _droppedBytes;
    private long _collectedAt = NeverCollected;
    private ITimer? _restOfMapping;
    private int _disposed;
    private int _unmapped;

    private SharedMemoryStore(ArenaOptions options, long capacity, FileStream file, string? notice)
    {
        _options = options;
        FilePath = file.Name;
        Notice = notice;
        CapacityBytes = capacity;
        _backing = ArenaFile.Map(file, capacity, options.ForceManagedBacking);
        _allocator = new ArenaAllocator(_backing, capacity);
        _quarantine = new Quarantine(options.TimeProvider, options.QuarantineTime);
        _room = new RoomMaker(this, options, _allocator, _evictable, _quarantine);
        _quarantine.Rested = _room.ReclaimRested;
        if (options.PrefaultReserveBytes > 0 || (options.GiveBackAfter > TimeSpan.Zero && _backing.CanPunch))
            _prefaulter = new Prefaulter(_allocator, options.PrefaultReserveBytes, options.GiveBackAfter);
        if (options.Spill is { } spill)
            Spilling = new StoreSpilling(this, options, spill, capacity);
    }

    /// <summary>
    /// Raised with the bytes wanted when the store is full, at most once per <see cref="ArenaOptions.PressureInterval"/>, on the thread that needs
    /// room: whoever holds handles should collect garbage and drop what it can. Exceptions go to <see cref="ArenaOptions.CallbackFailed"/>.
    /// </summary>
    public event Action<long>? PressureRequested;

    /// <summary>Path of the arena file; it exists until <see cref="Dispose"/>.</summary>
    public string FilePath { get; }

    /// <summary>A sentence for the log when the file is not where it should best be, else null.</summary>
    public string? Notice { get; }

    /// <summary>Files of dead owners removed at the start.</summary>
    public int StaleFilesRemoved { get; private init; }

    /// <summary>Bytes the store may hold.</summary>
    public long CapacityBytes { get; }

    /// <summary>Bytes not available to new blocks; see <see cref="StoreTotals.UsedBytes"/>.</summary>
    public long UsedBytes => _allocator.Totals().UsedBytes;

    /// <summary>Bytes that cannot be freed now; see <see cref="StoreTotals.PinnedBytes"/>.</summary>
    public long PinnedBytes => _allocator.Totals().PinnedBytes;

    /// <summary>Bytes that are free soon; see <see cref="StoreTotals.QuarantinedBytes"/>.</summary>
    internal long QuarantinedBytes => _quarantine.Bytes;

    /// <summary>Bytes the file really occupies; see <see cref="StoreTotals.CommittedBytes"/>.</summary>
    public long CommittedBytes => _allocator.CommittedBytes;

    /// <summary>Blocks that hold memory; see <see cref="StoreTotals.BlockCount"/>.</summary>
    public long BlockCount => Blocks(_allocator.Totals());

    /// <summary>Folders of spilled objects of dead owners removed at the start.</summary>
    public int StaleSpillsRemoved { get; private init; }

    /// <summary>What spills and restores; null: nothing does.</summary>
    internal StoreSpilling? Spilling { get; }

    internal unsafe byte* Base => _backing.Base;

    internal ArenaIdentity Identity => _backing.Identity;

    internal TimeProvider Time => _options.TimeProvider;

    internal TimeSpan QuarantineTime => _options.QuarantineTime;

    internal TimeSpan FullTimeout => _options.FullTimeout;

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Creates the arena file and maps it, after removing files that dead owners left in the same directory.</summary>
    /// <param name="options">Settings; validated here.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="IOException">The directory or the mapping cannot be used.</exception>
    public static SharedMemoryStore Create(ArenaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (string directory, string? notice) = ArenaLocation.Choose(options);
        int removed = StaleFiles.Remove(directory);
        long capacity = (options.CapacityBytes + 4095) & -4096;
        return new SharedMemoryStore(options, capacity, ArenaFile.Create(directory), notice)
        {
            StaleFilesRemoved = removed,
            StaleSpillsRemoved = Sweep(options),
        };
    }

    /// <summary>
    /// A new block if there is room now, else null: nothing is evicted, nothing waits. Null also while older requests wait that must not be overtaken.
    /// </summary>
    /// <param name="length">Bytes; zero is allowed.</param>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public StoreBlock? TryCreate(long length) => TryCreate(length, []);

    /// <summary>As <see cref="TryCreate(long)"/>; a large block lies at one of these places if it can.</summary>
    internal StoreBlock? TryCreate(long length, ReadOnlySpan<long> places)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return length > CapacityBytes ? null : _room.TryAllocate(length, places);
    }

    /// <summary>
    /// A new block, unsealed. When the store is full: asks holders to collect (<see cref="PressureRequested"/>), reclaims, evicts, then blocks
    /// this thread, in order of arrival, until room is freed.
    /// </summary>
    /// <param name="length">Bytes; zero is allowed.</param>
    /// <param name="timeout">Longest wait; default <see cref="ArenaOptions.FullTimeout"/>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="StoreFullException">No room in time, or <paramref name="length"/> exceeds the capacity (at once).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled while waiting.</exception>
    /// <exception cref="ObjectDisposedException">The store is, or was while waiting, disposed.</exception>
    public StoreBlock Create(long length, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        return TryCreate(length) ?? _room.WaitAsync(length, CheckTimeout(timeout), ct).GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Create(long, TimeSpan?, CancellationToken)"/>, without blocking a thread; completes synchronously when there is room.</summary>
    /// <inheritdoc cref="Create(long, TimeSpan?, CancellationToken)"/>
    public ValueTask<StoreBlock> CreateAsync(long length, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        if (ct.IsCancellationRequested)
            return ValueTask.FromCanceled<StoreBlock>(ct);
        return TryCreate(length) is { } block ? new(block) : new(_room.WaitAsync(length, CheckTimeout(timeout), ct));
    }

    /// <summary>As <see cref="CreateAsync"/>, but only in the arena, which other processes map; never in a file of spilled objects.</summary>
    internal ValueTask<StoreBlock> CreateInArenaAsync(long length, TimeSpan? timeout, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
            return ValueTask.FromCanceled<StoreBlock>(ct);
        return TryCreate(length) is { } block ? new(block) : new(_room.WaitAsync(length, CheckTimeout(timeout), ct, mayUseDisk: false));
    }

    /// <summary>
    /// Hands a sealed block over: from now on the store may move its bytes to disk and back (<see cref="ArenaOptions.Spill"/>). Use the object instead of the block.
    /// </summary>
    /// <param name="block">A sealed block of this store that nobody else deletes or makes evictable.</param>
    /// <exception cref="InvalidOperationException">The block is not sealed.</exception>
    public StoredObject Keep(StoreBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (!block.IsSealed)
            throw new InvalidOperationException("The block is not sealed; only sealed blocks can be kept.");
        StoredObject kept = new(this, block, evicted: null);
        Interlocked.Add(ref _primaryBytes, block.Length);
        if (block.Mapping is null)
            MaySpill(kept);
        return kept;
    }

    /// <summary>
    /// As <see cref="Keep(StoreBlock)"/> for a copy of what is elsewhere too: it is never spilled, but deleted when room is needed, least recently pinned first,
    /// while nobody pins it.
    /// </summary>
    /// <param name="block">A sealed block of this store that nobody else deletes or makes evictable.</param>
    /// <param name="evicted">Called on the thread that needs room, after the object was deleted.</param>
    /// <exception cref="InvalidOperationException">The block is not sealed.</exception>
    public StoredObject Keep(StoreBlock block, Action<StoredObject> evicted)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(evicted);
        if (!block.IsSealed)
            throw new InvalidOperationException("The block is not sealed; only sealed blocks can be kept.");
        StoredObject kept = new(this, block, evicted);
        Interlocked.Add(ref _secondaryBytes, block.Length);
        block.SetEvictable(kept.OnSecondaryEvicted);
        return kept;
    }

    /// <summary>
    /// Pins several objects, reading back those that are on disk, in parallel. All of them are let in together, when what such sets hold leaves room for them:
    /// nothing is pinned while waiting, so sets never wait for each other in a circle.
    /// </summary>
    /// <param name="objects">The objects.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="ObjectDisposedException">One was deleted, or the store disposed.</exception>
    /// <exception cref="ObjectDamagedException">One was lost on disk.</exception>
    public ValueTask<StorePinSet> PinAllAsync(IReadOnlyList<StoredObject> objects, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(objects);
        StorePin[] pins = new StorePin[objects.Count];
        for (int i = 0; i < pins.Length; i++)
        {
            if (objects[i].TryPin() is { } pin)
            {
                pins[i] = pin;
                continue;
            }

            for (int j = 0; j < i; j++)
                pins[j].Dispose();
            return new(Spilling?.PinAllAsync(objects, ct) ?? Task.FromException<StorePinSet>(new ObjectDisposedException(nameof(StoredObject))));
        }

        return new(new StorePinSet(pins, null));
    }

    /// <summary>Current totals and counters.</summary>
    public StoreTotals GetTotals()
    {
        ShardTotals sum = _allocator.Totals();
        return new StoreTotals
        {
            CapacityBytes = CapacityBytes,
            UsedBytes = sum.UsedBytes,
            PinnedBytes = sum.PinnedBytes,
            CommittedBytes = _allocator.CommittedBytes,
            QuarantinedBytes = _quarantine.Bytes,
            FreeBytes = CapacityBytes - sum.UsedBytes,
            LargestFreeRunBytes = _allocator.LargestFree(drain: false),
            BlockCount = Blocks(sum),
            Creates = sum.Creates,
            Deletes = sum.Deletes,
            Evictions = _room.Evictions,
            Waits = _room.Waits,
            Waiting = _room.Waiting,
            PrimaryBytes = Volatile.Read(ref _primaryBytes),
            SecondaryBytes = Volatile.Read(ref _secondaryBytes),
            DroppedBytes = DroppedBytes,
            Spill = Spilling?.Totals(_evictable.Bytes) ?? default,
        };
    }

    /// <summary>
    /// Removes the file and fails waiting requests. The mapping goes too, or, while there are pins or unsealed blocks, with the last of them, and not before
    /// <see cref="ArenaOptions.QuarantineTime"/> has passed since the collector last found one: memory in use stays readable.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _quarantine.Dispose();
        _prefaulter?.Dispose();
        _allocator.Close();
        _backing.Unlink();
        _room.FailAll();
        Spilling?.Dispose();
        UnmapIfUnused(finalizing: false);
    }

    /// <summary>Room from free memory alone.</summary>
    internal StoreBlock? TryAllocate(long length, ReadOnlySpan<long> places = default)
    {
        long allocated = RunAllocator.Round(length);
        _room.ReclaimRested();
        if (!_allocator.TryTake(allocated, allocated > RunAllocator.SmallLimit ? places : [], out CachedRun run))
            return null;
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.UsedBytes, allocated);
        Interlocked.Add(ref totals.PinnedBytes, allocated);
        Interlocked.Increment(ref totals.Pinnings);
        Interlocked.Increment(ref totals.Creates);
        StoreBlock block = new(this, run, length);
        if (!IsDisposed)
            return block;
        block.Delete();
        throw new ObjectDisposedException(nameof(SharedMemoryStore));
    }

    /// <summary>Room that others must make, for a while; no disk stands in for it.</summary>
    internal Task<StoreBlock> WaitForRoom(long length, TimeSpan timeout, CancellationToken ct) => _room.WaitAsync(length, timeout, ct, mayUseDisk: false);

    /// <summary>A block in a mapped file. The mapping goes with its last pin.</summary>
    internal StoreBlock CreateMapped(SpillMapping mapping, long length)
    {
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Increment(ref totals.Pinnings);
        Interlocked.Increment(ref totals.Creates);
        Spilling!.Mappings.Made(length);
        return new StoreBlock(this, mapping, length);
    }

    /// <summary>Bytes of objects deleted since the start.</summary>
    internal long DroppedBytes => Volatile.Read(ref _droppedBytes);

    internal void OnObjectDeleted(StoredObject item)
    {
        Interlocked.Add(ref item.IsSecondary ? ref _secondaryBytes : ref _primaryBytes, -item.Length);
        Interlocked.Add(ref _droppedBytes, item.Length);
    }

    /// <summary>A copy of what is elsewhere too is kept from now on.</summary>
    internal void OnMadePrimary(StoredObject item)
    {
        Interlocked.Add(ref _secondaryBytes, -item.Length);
        Interlocked.Add(ref _primaryBytes, item.Length);
        if (item.Block is { Mapping: null })
            MaySpill(item);
    }

    private void MaySpill(StoredObject kept)
    {
        if (Spilling is not { } spilling)
            return;
        spilling.Candidates.Add(kept);
        if (spilling.Policy.BytesToSpill(Pressure()) > 0)
            spilling.Spiller.Signal();
    }

    internal SpillPressure Pressure() => new(
        _allocator.Totals().UsedBytes, _evictable.Bytes, _quarantine.Bytes, Spilling?.Spiller.InFlightBytes ?? 0, _room.WantedBytes);

    /// <summary>Whether a thread of the spilling is writing, or finding out what to write.</summary>
    internal bool IsSpilling => Spilling?.Spiller.IsAtWork ?? false;

    internal void SignalSpilling() => Spilling?.Spiller.Signal();

    /// <summary>Called when nothing can be spilled: waiting requests get memory that is mapped from files. Does input and output.</summary>
    internal void ServeFromDisk()
    {
        if (_options.Spill is { } spill)
            _room.ServeFromDisk(spill.FallbackDelay, length => Spilling!.Space.TryMapNew(length) is { } mapping ? CreateMapped(mapping, length) : null);
    }

    internal void CallbackFailed(Exception error) => _options.CallbackFailed?.Invoke(error);

    internal void OnPinned(StoreBlock block)
    {
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.PinnedBytes, block.AllocatedLength);
        Interlocked.Increment(ref totals.Pinnings);
    }

    internal void OnUnpinned(StoreBlock block, bool finalizing)
    {
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.PinnedBytes, -block.AllocatedLength);
        Interlocked.Increment(ref totals.Unpinnings);
        if (IsDisposed)
            UnmapIfUnused(finalizing);
        else if (!finalizing && block.IsEvictable)
            _room.OnRoom();
    }

    /// <summary>The collector has found a pin; not counted as released yet.</summary>
    /// <returns>When that was.</returns>
    internal long OnCollected()
    {
        long now = Time.GetTimestamp();
        Advance(ref _collectedAt, now);
        return now;
    }

    /// <summary>Makes a time later, never earlier.</summary>
    internal static void Advance(ref long time, long now)
    {
        long last = Volatile.Read(ref time);
        while (now > last)
        {
            long seen = Interlocked.CompareExchange(ref time, now, last);
            if (seen == last)
                return;
            last = seen;
        }
    }

    internal void OnDeleted() => Interlocked.Increment(ref _allocator.CurrentShard.Totals.Deletes);

    internal void OnUsed(EvictionEntry entry) => _evictable.Touch(entry);

    internal void OnEvictable(EvictionEntry entry)
    {
        _evictable.Add(entry);
        _room.OnRoom();
    }

    internal void ListEvictable(EvictionEntry entry) => _evictable.Add(entry);

    internal void OnNotEvictable(EvictionEntry entry) => _evictable.Remove(entry);

    /// <summary>Takes back a block's memory once it is deleted and without pins. It rests first if the collector has lately found a pin of it, the last one or another.</summary>
    internal void Free(StoreBlock block, bool finalizing)
    {
        bool mustRest = finalizing || block.MustRest;
        if (block.Mapping is { } mapping)
        {
            Interlocked.Increment(ref _allocator.CurrentShard.Totals.Frees);
            Spilling!.Mappings.Free(mapping, block.Length, mustRest ? block.CollectedAt : null);
        }
        else if (mustRest)
            _quarantine.Add(block.Run, block.AllocatedLength, block.CollectedAt);
        else
            GiveBack(block.Run, block.AllocatedLength);
    }

    internal void GiveBack(CachedRun run, long allocated)
    {
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.UsedBytes, -allocated);
        Interlocked.Increment(ref totals.Frees);
        _allocator.GiveBack(run, allocated);
        _room.OnRoom();
    }

    internal unsafe void Write(long offset, byte* from, long length) => _backing.Write(offset, from, length);

    internal void RaisePressure(long bytes) => PressureRequested?.Invoke(bytes);

    private static int Sweep(ArenaOptions options)
    {
        int removed = 0;
        foreach (string directory in options.Spill?.Directories ?? [])
        {
            try
            {
                removed += options.Spill!.Files.Sweep(directory);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Whether the directory can be used is found out when it is needed.
                options.CallbackFailed?.Invoke(error);
            }
        }

        return removed;
    }

    private static long Blocks(ShardTotals sum) => sum.Creates - sum.Frees;

    private TimeSpan CheckTimeout(TimeSpan? timeout)
    {
        TimeSpan value = timeout ?? _options.FullTimeout;
        if (!ArenaOptions.IsTime(value))
            throw new ArgumentOutOfRangeException(nameof(timeout), value, "The timeout must be between zero and one day.");
        return value;
    }

    /// <summary>After the store was disposed of: ends the mapping if nobody uses it, or makes sure that it is looked at again when nobody may be using it any more.</summary>
    private void UnmapIfUnused(bool finalizing)
    {
        // Whoever pins counts itself first and looks at _disposed afterwards; we do the opposite, so one of us sees the other.
        Interlocked.MemoryBarrier();
        if (!_allocator.IsUnpinned())
            return;
        long last = Volatile.Read(ref _collectedAt);
        TimeSpan left = last == NeverCollected ? TimeSpan.Zero : QuarantineTime - Time.GetElapsedTime(last);
        if (finalizing || left > TimeSpan.Zero)
        {
            // A span of a reader that the collector has found may still be in use.
            ITimer rest = Time.CreateTimer(static self => ((SharedMemoryStore)self!).UnmapIfUnused(finalizing: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref _restOfMapping, rest);
            rest.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
        else if (Interlocked.Exchange(ref _unmapped, 1) == 0)
        {
            _backing.Dispose();
        }
    }
}
