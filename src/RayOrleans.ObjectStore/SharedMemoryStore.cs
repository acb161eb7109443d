namespace RayOrleans.ObjectStore;

/// <summary>
/// A store of immutable blocks in one shared-memory file. One process creates blocks and keeps all metadata; others may map
/// <see cref="FilePath"/> and read a block at its offset. Thread-safe.
/// </summary>
public sealed class SharedMemoryStore : IDisposable
{
    private readonly IArenaBacking _backing;
    private readonly ArenaAllocator _allocator;
    private readonly ArenaOptions _options;
    private readonly Quarantine _quarantine;
    private readonly EvictionList _evictable = new();
    private readonly RoomMaker _room;
    private readonly Prefaulter? _prefaulter;
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
        if (options.PrefaultReserveBytes > 0 || (options.GiveBackAfter > TimeSpan.Zero && _backing.CanPunch))
            _prefaulter = new Prefaulter(_allocator, options.PrefaultReserveBytes, options.GiveBackAfter);
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

    /// <summary>Bytes the file really occupies; see <see cref="StoreTotals.CommittedBytes"/>.</summary>
    public long CommittedBytes => _allocator.CommittedBytes;

    /// <summary>Blocks that hold memory; see <see cref="StoreTotals.BlockCount"/>.</summary>
    public long BlockCount => Blocks(_allocator.Totals());

    internal unsafe byte* Base => _backing.Base;

    internal ArenaIdentity Identity => _backing.Identity;

    internal TimeProvider Time => _options.TimeProvider;

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
        return new SharedMemoryStore(options, capacity, ArenaFile.Create(directory), notice) { StaleFilesRemoved = removed };
    }

    /// <summary>
    /// A new block if there is room now, else null: nothing is evicted, nothing waits. Null also while older requests wait that must not be overtaken.
    /// </summary>
    /// <param name="length">Bytes; zero is allowed.</param>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public StoreBlock? TryCreate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return length > CapacityBytes ? null : _room.TryAllocate(length);
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
        };
    }

    /// <summary>
    /// Removes the file and fails waiting requests. The mapping goes too, or, while there are pins or unsealed blocks, with the last of them:
    /// memory in use stays readable.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _prefaulter?.Dispose();
        _allocator.Close();
        _backing.Unlink();
        _room.FailAll();
        UnmapIfUnused();
    }

    /// <summary>Room from free memory alone.</summary>
    internal StoreBlock? TryAllocate(long length)
    {
        long allocated = RunAllocator.Round(length);
        _room.ReclaimRested();
        if (!_allocator.TryTake(allocated, out CachedRun run))
            return null;
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.UsedBytes, allocated);
        Interlocked.Add(ref totals.PinnedBytes, allocated);
        Interlocked.Increment(ref totals.PinnedBlocks);
        Interlocked.Increment(ref totals.Creates);
        StoreBlock block = new(this, run, length);
        if (!IsDisposed)
            return block;
        block.Delete();
        throw new ObjectDisposedException(nameof(SharedMemoryStore));
    }

    internal void OnPinned(StoreBlock block)
    {
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.PinnedBytes, block.AllocatedLength);
        Interlocked.Increment(ref totals.PinnedBlocks);
    }

    internal void OnUnpinned(StoreBlock block, bool finalizing)
    {
        ref ShardTotals totals = ref _allocator.CurrentShard.Totals;
        Interlocked.Add(ref totals.PinnedBytes, -block.AllocatedLength);
        Interlocked.Decrement(ref totals.PinnedBlocks);
        if (IsDisposed)
            UnmapIfUnused();
        else if (!finalizing && block.IsEvictable)
            _room.OnRoom();
    }

    internal void OnDeleted() => Interlocked.Increment(ref _allocator.CurrentShard.Totals.Deletes);

    internal void OnUsed(EvictionEntry entry) => _evictable.Touch(entry);

    internal void OnEvictable(EvictionEntry entry)
    {
        _evictable.Add(entry);
        _room.OnRoom();
    }

    internal void OnNotEvictable(EvictionEntry entry) => _evictable.Remove(entry);

    /// <summary>Takes back a block's memory once it is deleted and without pins.</summary>
    internal void Free(StoreBlock block, bool finalizing)
    {
        if (finalizing)
            _quarantine.Add(block.Run, block.AllocatedLength);
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

    private static long Blocks(ShardTotals sum) => sum.Creates - sum.Frees;

    private TimeSpan CheckTimeout(TimeSpan? timeout)
    {
        TimeSpan value = timeout ?? _options.FullTimeout;
        if (!ArenaOptions.IsTime(value))
            throw new ArgumentOutOfRangeException(nameof(timeout), value, "The timeout must be between zero and one day.");
        return value;
    }

    private void UnmapIfUnused()
    {
        // Whoever pins counts itself first and looks at _disposed afterwards; we do the opposite, so one of us sees the other.
        Interlocked.MemoryBarrier();
        if (_allocator.Totals().PinnedBlocks == 0 && Interlocked.Exchange(ref _unmapped, 1) == 0)
            _backing.Dispose();
    }
}
