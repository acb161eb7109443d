namespace RayOrleans;

/// <summary>What a node's object store holds and has done, as it was when asked.</summary>
public sealed record ObjectStoreInfo
{
    /// <summary>Objects in memory or on disk; small ones are not kept in the store.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes of objects whose first copy is here, in memory or on disk.</summary>
    public long PrimaryBytes { get; init; }

    /// <summary>Bytes of copies of objects that are elsewhere too; they go first when room is needed.</summary>
    public long SecondaryBytes { get; init; }

    /// <summary>Bytes that readers and writers keep in memory.</summary>
    public long PinnedBytes { get; init; }

    /// <summary>Bytes of objects that have a copy on disk.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>Objects that have a copy on disk.</summary>
    public long SpilledObjects { get; init; }

    /// <summary>Of <see cref="SpilledBytes"/>, those of objects that are not in memory.</summary>
    public long DiskOnlyBytes { get; init; }

    /// <summary>Bytes of objects that are mapped from files because there was no room in memory and nothing could be spilled.</summary>
    public long FallbackBytes { get; init; }

    /// <summary>Bytes of memory that new objects could get at once, in however many pieces.</summary>
    public long FreeBytes { get; init; }

    /// <summary>The longest piece of <see cref="FreeBytes"/>.</summary>
    public long LargestFreeBytes { get; init; }

    /// <summary>How much of <see cref="FreeBytes"/> is not in its longest piece: 0 in one piece, towards 1 in many.</summary>
    public double Fragmentation => FreeBytes > 0 ? 1 - ((double)LargestFreeBytes / FreeBytes) : 0;

    /// <summary>Bytes of the files on disk.</summary>
    public long SpillFileBytes { get; init; }

    /// <summary>Objects written to disk since the start.</summary>
    public long Spills { get; init; }

    /// <summary>Bytes written to disk since the start.</summary>
    public long SpilledBytesTotal { get; init; }

    /// <summary>Bytes per second of one writer.</summary>
    public double SpillBytesPerSecond { get; init; }

    /// <summary>Objects read back since the start.</summary>
    public long Restores { get; init; }

    /// <summary>Bytes read back since the start.</summary>
    public long RestoredBytesTotal { get; init; }

    /// <summary>Bytes per second of one reader.</summary>
    public double RestoreBytesPerSecond { get; init; }

    /// <summary>Copies taken from memory to make room since the start.</summary>
    public long Evictions { get; init; }

    /// <summary>Why nothing could be written to disk the last time; null after a success.</summary>
    public string? SpillError { get; init; }
}
