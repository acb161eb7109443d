namespace RayOrleans.Runtime.Cluster;

/// <summary>How large what travels in calls may be: an oversized message closes the whole connection between two silos, so the producer keeps the bounds.</summary>
internal static class ClusterLimits
{
    /// <summary>What links fill a batch up to, in bytes. Larger ones delay the small ones behind them on the same connection.</summary>
    public const int TargetBatchBytes = 60 * 1024;

    /// <summary>The most that one call of a transport carries, in bytes. Larger requests are cut into parts, which the receiver joins (<see cref="Wire.RequestParts"/>).</summary>
    public const int MaxBatchBytes = 256 * 1024;

    /// <summary>The size of such a part, in bytes.</summary>
    public const int PartBytes = 128 * 1024;

    /// <summary>The most that the call of a task may take, with its small arguments and what its function captures, in bytes. Larger ones fail with that reason.</summary>
    public const int MaxCallBytes = 32 << 20;

    /// <summary>About how many objects a question to a shard names at most, so that its answer fits into one call.</summary>
    public const int MaxLookups = 512;
}
