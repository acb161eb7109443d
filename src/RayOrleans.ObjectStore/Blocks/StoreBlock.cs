namespace RayOrleans.ObjectStore;

/// <summary>
/// A piece of the arena: written by its creator, sealed, then immutable, and pinned by readers. Whoever reads or writes while another thread
/// may delete the block holds a <see cref="StorePin"/>; everything else is thread-safe. A block is not freed by being forgotten: delete it.
/// </summary>
public sealed unsafe class StoreBlock
{
    private readonly SharedMemoryStore _store;
    private readonly int _run;
    private int _state = BlockState.Created;
    private readonly SpillMapping? _mapping;
    private EvictionEntry? _eviction;

    // When a pin was last released by the collector: a span of its reader may still be in use, whoever frees the memory and whenever.
    private long _collectedAt = SharedMemoryStore.NeverCollected;

    /// <summary>A block whose memory is mapped from a file of its own instead of the arena.</summary>
    internal StoreBlock(SharedMemoryStore store, SpillMapping mapping, long length)
    {
        _store = store;
        _mapping = mapping;
        _run = RunTable.None;
        Offset = -1;
        Length = length;
    }

    internal StoreBlock(SharedMemoryStore store, CachedRun run, long length)
    {
        _store = store;
        _run = run.Run;
        Offset = run.Offset;
        Length = length;
    }

    /// <summary>Where the block starts in the arena file, bytes; a multiple of 64. Negative: it is not in the arena but mapped from a file on disk.</summary>
    public long Offset { get; }

    /// <summary>Bytes asked for at creation.</summary>
    public long Length { get; }

    /// <summary>Bytes really taken of the arena.</summary>
    public long AllocatedLength => _mapping is null ? RunAllocator.Round(Length) : 0;

    /// <summary>True once sealed.</summary>
    public bool IsSealed => BlockState.IsSealed(Volatile.Read(ref _state));

    /// <summary>True once deleted, aborted or evicted; pins may still keep the memory.</summary>
    public bool IsDeleted => BlockState.IsDeleted(Volatile.Read(ref _state));

    /// <summary>True while the store may evict the block by itself.</summary>
    public bool IsEvictable => Volatile.Read(ref _eviction) is not null && !IsDeleted;

    /// <summary>Pins held now; the writer of an unsealed block counts as one.</summary>
    public int PinCount => BlockState.Pins(Volatile.Read(ref _state));

    /// <summary>
    /// The block's first byte in this process, for native calls. Unchecked: write only before <see cref="Seal"/>, use only while pinned or unsealed.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The block's memory has been freed.</exception>
    public byte* Pointer
    {
        get
        {
            byte* start = _mapping is null ? _store.Base : _mapping.Pointer;
            ObjectDisposedException.ThrowIf(start is null || BlockState.IsGone(Volatile.Read(ref _state)), this);
            return _mapping is null ? start + Offset : start;
        }
    }

    internal CachedRun Run => new(_run, Offset);

    /// <summary>When a pin was last released by the collector; only if one was.</summary>
    internal long CollectedAt => Volatile.Read(ref _collectedAt);

    /// <summary>Whether a pin was released by the collector so lately that the memory, once it is free, has to rest before it is used again.</summary>
    internal bool MustRest => CollectedAt != SharedMemoryStore.NeverCollected && _store.Time.GetElapsedTime(CollectedAt) < _store.QuarantineTime;

    /// <summary>The file it is mapped from; null: it is in the arena.</summary>
    internal SpillMapping? Mapping => _mapping;

    /// <summary>A part of an unsealed block, to write into.</summary>
    /// <param name="offset">Bytes from the block's start.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    /// <exception cref="InvalidOperationException">The block is sealed; use <see cref="GetReadOnlySpan"/>.</exception>
    /// <exception cref="ObjectDisposedException">The block's memory has been freed.</exception>
    public Span<byte> GetSpan(long offset, int length)
    {
        CheckRange(offset, length);
        CheckWritable();
        return new Span<byte>(Pointer + offset, length);
    }

    /// <summary>A part of the block, to read. The span does not keep the memory: hold a pin while using it.</summary>
    /// <param name="offset">Bytes from the block's start.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The block's memory has been freed.</exception>
    public ReadOnlySpan<byte> GetReadOnlySpan(long offset, int length)
    {
        CheckRange(offset, length);
        return new ReadOnlySpan<byte>(Pointer + offset, length);
    }

    /// <summary>
    /// Items of the block as memory with a pin of its own: as long as the memory is reachable the block's memory is not reused, even after
    /// <see cref="Delete"/>. For several parts, or to release at a known time, take one <see cref="Pin"/> and use <see cref="StorePin.GetMemory{T}"/>.
    /// </summary>
    /// <typeparam name="T">An unmanaged type.</typeparam>
    /// <param name="byteOffset">Where in the block, in bytes; a multiple of 8, or of the size of <typeparamref name="T"/> if that is less.</param>
    /// <param name="count">Number of items.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The block has been deleted.</exception>
    public ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
        where T : unmanaged => Manage<T>(byteOffset, count).Memory;

    /// <summary>As <see cref="GetMemory{T}"/>, writable, for a block that is not sealed. Drop it before <see cref="Seal"/>: writes through it are not checked.</summary>
    /// <typeparam name="T">An unmanaged type.</typeparam>
    /// <param name="byteOffset">Where in the block, in bytes; a multiple of 8, or of the size of <typeparamref name="T"/> if that is less.</param>
    /// <param name="count">Number of items.</param>
    /// <exception cref="InvalidOperationException">The block is sealed.</exception>
    public Memory<T> GetWritableMemory<T>(long byteOffset, int count)
        where T : unmanaged
    {
        CheckWritable();
        return Manage<T>(byteOffset, count).Memory;
    }

    /// <summary>Copies bytes into an unsealed block; large copies go around the processor's caches, which is faster and leaves them to others.</summary>
    /// <param name="offset">Bytes from the block's start.</param>
    /// <param name="source">What to copy.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    /// <exception cref="InvalidOperationException">The block is sealed.</exception>
    /// <exception cref="ObjectDisposedException">The block's memory has been freed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        CheckRange(offset, source.Length);
        CheckWritable();
        ObjectDisposedException.ThrowIf(Pointer is null, this);
        fixed (byte* from = source)
        {
            if (_mapping is null)
                _store.Write(Offset + offset, from, source.Length);
            else
                MemoryCopy.Copy(from, Pointer + offset, source.Length);
        }
    }

    /// <summary>Makes the block immutable and ready for readers.</summary>
    /// <exception cref="InvalidOperationException">The block is sealed already.</exception>
    /// <exception cref="ObjectDisposedException">The block has been deleted or aborted.</exception>
    public void Seal()
    {
        int state = Volatile.Read(ref _state);
        while (true)
        {
            ObjectDisposedException.ThrowIf(BlockState.IsDeleted(state), this);
            if (BlockState.IsSealed(state))
                throw new InvalidOperationException($"The block at {Offset} is sealed already.");
            int seen = Interlocked.CompareExchange(ref _state, (state | BlockState.Sealed) - 1, state);
            if (seen == state)
                break;
            state = seen;
        }

        if (BlockState.Pins(state) == 1)
            _store.OnUnpinned(this, finalizing: false);
    }

    /// <summary>Keeps the memory until the pin is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The block or the store is gone.</exception>
    public StorePin Pin()
    {
        StorePin? pin = TryPin();
        ObjectDisposedException.ThrowIf(pin is null, this);
        return pin;
    }

    /// <summary>As <see cref="Pin"/>, or null when the block has been deleted or evicted.</summary>
    public StorePin? TryPin()
    {
        StorePin pin = new(this);
        if (!TryAddPin())
        {
            GC.SuppressFinalize(pin);
            return null;
        }

        pin.Arm();
        return pin;
    }

    /// <summary>Gives the memory back now, or when the last pin goes. An unsealed block is aborted.</summary>
    /// <returns>False when the block had been deleted, aborted or evicted before: nothing happens then.</returns>
    public bool Delete()
    {
        int state = Volatile.Read(ref _state);
        int next;
        while (true)
        {
            if (BlockState.IsDeleted(state))
                return false;
            next = (BlockState.IsSealed(state) ? state : state - 1) | BlockState.Deleted;
            int seen = Interlocked.CompareExchange(ref _state, next, state);
            if (seen == state)
                break;
            state = seen;
        }

        FinishDelete(wasPinned: BlockState.Pins(state) > 0, isFree: BlockState.Pins(next) == 0);
        return true;
    }

    /// <summary>Gives up a block before it was sealed. Other threads still writing must hold a pin.</summary>
    /// <exception cref="InvalidOperationException">The block is sealed; use <see cref="Delete"/>.</exception>
    public void Abort()
    {
        if (IsSealed)
            throw new InvalidOperationException($"The block at {Offset} is sealed; delete it instead.");
        Delete();
    }

    /// <summary>
    /// Lets the store delete this block when it needs room, least recently pinned first and only while nobody holds a pin.
    /// </summary>
    /// <param name="evicted">Called on the thread that needs room, after the block was deleted (pinning fails) and before its memory is reused.</param>
    /// <exception cref="InvalidOperationException">The block is not sealed.</exception>
    /// <exception cref="ObjectDisposedException">The block has been deleted.</exception>
    public void SetEvictable(Action<StoreBlock> evicted)
    {
        ArgumentNullException.ThrowIfNull(evicted);
        int state = Volatile.Read(ref _state);
        ObjectDisposedException.ThrowIf(BlockState.IsDeleted(state), this);
        if (!BlockState.IsSealed(state))
            throw new InvalidOperationException($"The block at {Offset} is not sealed; only sealed blocks can be evicted.");
        EvictionEntry entry = new(this, evicted);
        if (Interlocked.Exchange(ref _eviction, entry) is { } old)
            _store.OnNotEvictable(old);
        _store.OnEvictable(entry);
        // A delete in between has looked for the entry before it was there.
        if (IsDeleted)
            ClearEvictable();
    }

    /// <summary>The opposite of <see cref="SetEvictable"/>; does nothing if the block is not evictable.</summary>
    public void ClearEvictable()
    {
        if (Interlocked.Exchange(ref _eviction, null) is { } entry)
            _store.OnNotEvictable(entry);
    }

    /// <summary>As <see cref="SetEvictable"/> for a sealed block, but tells nobody that there may be room; a deleted block is left as it is.</summary>
    internal void ListEvictable(Action<StoreBlock> evicted)
    {
        EvictionEntry entry = new(this, evicted);
        if (Interlocked.Exchange(ref _eviction, entry) is { } old)
            _store.OnNotEvictable(old);
        _store.ListEvictable(entry);
        if (IsDeleted)
            ClearEvictable();
    }

    /// <summary>Deletes the block if nobody holds it; the memory then belongs to the caller until it gives it back.</summary>
    internal bool TryEvict() => Interlocked.CompareExchange(ref _state, BlockState.Sealed | BlockState.Deleted, BlockState.Sealed) == BlockState.Sealed;

    /// <summary>Counts a pin that has no object; <see cref="Release"/> takes it back. False when the block has been deleted or evicted, or the store disposed of.</summary>
    internal bool TryAddPin()
    {
        int state = Volatile.Read(ref _state);
        bool isCounted = false;
        while (true)
        {
            if (BlockState.IsDeleted(state))
            {
                if (isCounted)
                    _store.OnUnpinned(this, finalizing: false);
                return false;
            }

            // Counted before it is so: whoever adds a pin to this one relies on the count.
            if (BlockState.Pins(state) == 0 && !isCounted)
            {
                _store.OnPinned(this);
                isCounted = true;
            }

            if (BlockState.Pins(state) == BlockState.PinMask)
                throw new InvalidOperationException($"The block at {Offset} has {BlockState.PinMask} pins, the most there can be: pins leak.");
            int seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
                break;
            state = seen;
        }

        if (BlockState.Pins(state) > 0 && isCounted)
            _store.OnUnpinned(this, finalizing: false);
        if (_store.IsDisposed)
        {
            Release(finalizing: false);
            return false;
        }

        if (Volatile.Read(ref _eviction) is { } entry)
            _store.OnUsed(entry);
        return true;
    }

    /// <summary>Takes back a pin.</summary>
    /// <param name="finalizing">Whether the collector found it.</param>
    internal void Release(bool finalizing)
    {
        // Before the count: whoever frees the memory because no pin is left sees it.
        if (finalizing)
            SharedMemoryStore.Advance(ref _collectedAt, _store.OnCollected());
        int state = Interlocked.Decrement(ref _state);
        if (BlockState.Pins(state) != 0)
            return;
        _store.OnUnpinned(this, finalizing);
        if (BlockState.IsDeleted(state))
            _store.Free(this, finalizing);
    }

    internal void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} are not inside a block of {Length} bytes.");
    }

    private void FinishDelete(bool wasPinned, bool isFree)
    {
        ClearEvictable();
        _store.OnDeleted();
        if (!isFree)
            return;
        if (wasPinned)
            _store.OnUnpinned(this, finalizing: false);
        _store.Free(this, finalizing: false);
    }

    private void CheckWritable()
    {
        int state = Volatile.Read(ref _state);
        if (BlockState.IsSealed(state))
            throw new InvalidOperationException($"The block at {Offset} is sealed: its content is immutable.");
        ObjectDisposedException.ThrowIf(BlockState.IsDeleted(state), this);
    }

    private StoreMemoryManager<T> Manage<T>(long byteOffset, int count)
        where T : unmanaged
    {
        StorePin pin = Pin();
        try
        {
            return new StoreMemoryManager<T>(pin, byteOffset, count);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }
}
