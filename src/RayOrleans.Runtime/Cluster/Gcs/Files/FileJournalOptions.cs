namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>How shards are kept in files of this machine.</summary>
internal sealed record FileJournalOptions
{
    /// <summary>The folder; made when it is not there. Processes of one machine may share it, machines may not.</summary>
    public required string Directory { get; init; }

    /// <summary>When files are forced to the disk. More often costs a disk's latency per group of records.</summary>
    public FlushPolicy Flush { get; init; } = FlushPolicy.Interval;

    /// <summary>How much may be lost when the machine loses power, as time.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The disk.</summary>
    public JournalDisk Disk { get; init; } = JournalDisk.Real;

    /// <summary>What tells this machine from others; null: what the operating system says.</summary>
    public string? MachineId { get; init; }
}
