namespace RayOrleans.Runtime.Cluster.Gcs.Lineage;

/// <summary>What a shard keeps of finished tasks.</summary>
/// <param name="MemoryBytes">What their specs take in memory, in bytes.</param>
/// <param name="Stored">How many lie in scratch files.</param>
/// <param name="Forgotten">How many rows are kept though nobody needs them (<see cref="ShardHostOptions.FlushesLineage"/>).</param>
internal readonly record struct LineageTotals(long MemoryBytes, int Stored, int Forgotten);
