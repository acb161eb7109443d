namespace RayOrleans;

/// <summary>What a node's object store holds and has done, as it was when asked.</summary>
public sealed record ObjectStoreInfo
{
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
