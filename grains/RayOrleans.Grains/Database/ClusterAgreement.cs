namespace RayOrleans.Grains;

/// <summary>What all silos of a cluster must have alike.</summary>
/// <param name="ServiceId">The id of its stored state.</param>
/// <param name="ShardCount">Shards of the GCS.</param>
/// <param name="SchedulerCount">Replicas of the global scheduler.</param>
/// <param name="Gcs">Where the shards are kept, as <see cref="RayClusterOptions.Gcs"/> writes it.</param>
internal sealed record ClusterAgreement(string ServiceId, int ShardCount, int SchedulerCount, string Gcs);
