using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>How a cluster inside one process is made.</summary>
internal sealed record InProcessClusterOptions
{
    /// <summary>Over how many shards the tables are spread. More let more threads work on them at once.</summary>
    public int ShardCount { get; init; } = 4;

    /// <summary>How often parties are ticked; infinite: only by <see cref="InProcessCluster.Tick"/>.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long what a removed node held counts for: longer than its last messages may take.</summary>
    public TimeSpan DeadHold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What keeps a shard's records, by its index; memory by default.</summary>
    public Func<int, IShardJournal> OpenJournal { get; init; } = static _ => new MemoryShardJournal();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the schedulers' and the pauses' randomness comes from.</summary>
    public int Seed { get; init; } = 1;
}
