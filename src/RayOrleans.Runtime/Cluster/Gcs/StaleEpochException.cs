namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>A shard's activation is not the newest one: it must not write, nor answer anybody, any more.</summary>
internal sealed class StaleEpochException(string shard, long epoch, long newest)
    : Exception($"{shard}: epoch {epoch} has ended, epoch {newest} has taken over.")
{
    /// <summary>The newest epoch that is known.</summary>
    public long Newest { get; } = newest;
}
