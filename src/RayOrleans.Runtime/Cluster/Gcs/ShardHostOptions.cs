namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>How a shard is run.</summary>
internal sealed record ShardHostOptions
{
    /// <summary>Which shard, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The epoch of this activation: what its journal gave it.</summary>
    public required long Epoch { get; init; }

    /// <summary>How long a dead node's holds still count: longer than what it sent last may take to arrive.</summary>
    public TimeSpan DeadHold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// From how many bytes on the journal is replaced by the state, in bytes; and never before it has twice the size of the last such state.
    /// Less makes starting faster and writes the state more often.
    /// </summary>
    public long MaxJournalBytes { get; init; } = 16 << 20;

    /// <summary>
    /// How much may wait for the journal, in bytes: what comes beyond it is refused, and sent again by the links. Each node has one batch on the way; what makes more
    /// of them is that they are sent again while the storage is away.
    /// </summary>
    public long MaxWaitingBytes { get; init; } = 16 << 20;

    /// <summary>
    /// How many bytes of the specs of finished tasks stay in memory, in bytes; the older ones go to scratch files. More saves writing specs that are not needed for long.
    /// </summary>
    public long LineageBytes { get; init; } = 4 << 20;

    /// <summary>Whether finished tasks leave memory; if not, neither do those that nobody needs any more: to show what that comes to.</summary>
    public bool FlushesLineage { get; init; } = true;

    /// <summary>The folder of the scratch files.</summary>
    public string LineageFolder { get; init; } = Path.GetTempPath();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the pauses' randomness comes from.</summary>
    public int Seed { get; init; }
}
