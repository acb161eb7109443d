namespace RayOrleans.ObjectStore;

/// <summary>What a store holds and has done; a snapshot of counters that move independently, exact when nothing is in progress.</summary>
public readonly record struct StoreTotals
{
    /// <summary>Bytes the store may hold.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Bytes not available to new blocks: live, deleted but pinned, and quarantined blocks, after rounding up.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Bytes that cannot be freed now: blocks with a pin, and blocks not sealed yet.</summary>
    public long PinnedBytes { get; init; }

    /// <summary>Bytes of memory the file really occupies.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>Bytes resting after their last pin was released by a finalizer.</summary>
    public long QuarantinedBytes { get; init; }

    /// <summary>Bytes available to new blocks, in however many pieces: <see cref="CapacityBytes"/> without <see cref="UsedBytes"/>.</summary>
    public long FreeBytes { get; init; }

    /// <summary>The longest piece of <see cref="FreeBytes"/>; how much less than those it is, is how fragmented the arena is.</summary>
    public long LargestFreeRunBytes { get; init; }

    /// <summary>Blocks that hold memory, deleted ones with pins included.</summary>
    public long BlockCount { get; init; }

    /// <summary>Blocks created since the start.</summary>
    public long Creates { get; init; }

    /// <summary>Blocks deleted, aborted or evicted since the start.</summary>
    public long Deletes { get; init; }

    /// <summary>Blocks evicted since the start.</summary>
    public long Evictions { get; init; }

    /// <summary>Requests that had to wait for room since the start.</summary>
    public long Waits { get; init; }

    /// <summary>Requests waiting now.</summary>
    public int Waiting { get; init; }

    /// <summary>Bytes of objects that were handed over by <see cref="SharedMemoryStore.Keep(StoreBlock)"/>, in memory or on disk.</summary>
    public long PrimaryBytes { get; init; }

    /// <summary>Bytes of copies that were handed over to be deleted when room is needed.</summary>
    public long SecondaryBytes { get; init; }

    /// <summary>Bytes of kept objects that were deleted since the start.</summary>
    public long DroppedBytes { get; init; }

    /// <summary>What is on disk; all zero without <see cref="ArenaOptions.Spill"/>.</summary>
    public SpillTotals Spill { get; init; }
}
