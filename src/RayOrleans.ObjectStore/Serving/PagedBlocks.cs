namespace RayOrleans.ObjectStore;

/// <summary>Blocks for objects that other processes write: they start at a page and share no page with another block.</summary>
internal static class PagedBlocks
{
    private const long PageSize = 4096;

    /// <summary>A block if there is room now, with the bytes to leave free at its start.</summary>
    public static (StoreBlock Block, int Padding)? TryCreate(SharedMemoryStore store, long length, ReadOnlySpan<long> places)
    {
        long bytes = Bytes(store, length);
        if (store.TryCreate(bytes, places) is not { } block)
            return null;
        if (Padding(block) == 0)
            return (block, 0);
        // A last small run has put the large ones behind it off the pages: room for a page more finds a whole page in it.
        block.Abort();
        return store.TryCreate(bytes + PageSize) is { } wider ? (wider, Padding(wider)) : null;
    }

    /// <summary>As <see cref="TryCreate"/>, but waits for room as <see cref="SharedMemoryStore.CreateInArenaAsync"/> does.</summary>
    public static async Task<(StoreBlock Block, int Padding)> CreateAsync(SharedMemoryStore store, long length, TimeSpan? timeout, CancellationToken ct)
    {
        long bytes = Bytes(store, length);
        StoreBlock block = await store.CreateInArenaAsync(bytes, timeout, ct).ConfigureAwait(false);
        if (Padding(block) == 0)
            return (block, 0);
        block.Abort();
        StoreBlock wider = await store.CreateInArenaAsync(bytes + PageSize, timeout, ct).ConfigureAwait(false);
        return (wider, Padding(wider));
    }

    private static int Padding(StoreBlock block) => (int)(-block.Offset & (PageSize - 1));

    /// <summary>Runs above the small limit are whole pages. What can never fit is left as it is, and refused by the store; rounded up, the longest would be negative.</summary>
    private static long Bytes(SharedMemoryStore store, long length) =>
        length > store.CapacityBytes ? length : Math.Max((length + PageSize - 1) & -PageSize, RunAllocator.SmallLimit + PageSize);
}
