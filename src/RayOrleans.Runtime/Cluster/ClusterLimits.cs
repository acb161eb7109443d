namespace RayOrleans.Runtime.Cluster;

/// <summary>How large batches are: an oversized message closes the whole connection between two silos, so the producer keeps the bounds.</summary>
internal static class ClusterLimits
{
    /// <summary>What links fill a batch up to, in bytes. Larger ones delay the small ones behind them on the same connection.</summary>
    public const int TargetBatchBytes = 60 * 1024;

    /// <summary>The most that a transport takes, in bytes: one item of the largest inline value must fit. Larger batches are refused before anything is sent.</summary>
    public const int MaxBatchBytes = 256 * 1024;
}
