namespace RayOrleans.ObjectStore;

/// <summary>What a store has on disk and has done for it; a snapshot of counters that move independently.</summary>
public readonly record struct SpillTotals
{
    /// <summary>Bytes of objects whose only copy is in memory and that may be spilled, those being written included.</summary>
    public long MemoryOnlyBytes { get; init; }

    /// <summary>Bytes of memory that can be taken without writing while nobody pins them: objects that are on disk too, and blocks that were made evictable.</summary>
    public long EvictableBytes { get; init; }

    /// <summary>Bytes of objects that have a copy on disk.</summary>
    public long LiveBytes { get; init; }

    /// <summary>Objects that have a copy on disk.</summary>
    public long LiveObjects { get; init; }

    /// <summary>Of <see cref="LiveBytes"/>, those of objects that are not in memory.</summary>
    public long DiskOnlyBytes { get; init; }

    /// <summary>Of <see cref="LiveObjects"/>, those that are not in memory.</summary>
    public long DiskOnlyObjects { get; init; }

    /// <summary>Bytes of all files: at most twice <see cref="LiveBytes"/> and a few files' worth, besides what is being deleted or mapped.</summary>
    public long FileBytes { get; init; }

    /// <summary>Files.</summary>
    public int Files { get; init; }

    /// <summary>Bytes of objects whose memory is mapped from files because the arena had no room.</summary>
    public long MappedBytes { get; init; }

    /// <summary>Objects written since the start.</summary>
    public long Spills { get; init; }

    /// <summary>Bytes written since the start.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>Time that writers have spent on them; with several writers more than has passed.</summary>
    public TimeSpan SpillTime { get; init; }

    /// <summary>Objects read back since the start.</summary>
    public long Restores { get; init; }

    /// <summary>Bytes read back since the start.</summary>
    public long RestoredBytes { get; init; }

    /// <summary>Time that readers have spent on them; with several readers more than has passed.</summary>
    public TimeSpan RestoreTime { get; init; }

    /// <summary>Bytes written anew to give up files that were mostly dead.</summary>
    public long MovedBytes { get; init; }

    /// <summary>Objects that could not be read back as they were written.</summary>
    public long Damaged { get; init; }

    /// <summary>Why nothing could be written the last time; null after a success.</summary>
    public string? LastError { get; init; }
}
