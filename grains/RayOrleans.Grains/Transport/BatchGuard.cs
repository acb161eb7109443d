using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>Refuses batches that are too large where they are made: the connection they would close carries everybody's calls.</summary>
internal static class BatchGuard
{
    /// <summary>The batch itself.</summary>
    /// <exception cref="ArgumentException">It is over the limit.</exception>
    public static byte[] Checked(byte[] batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Length <= ClusterLimits.MaxBatchBytes
            ? batch
            : throw new ArgumentException(
                $"A batch of {batch.Length} bytes is over the limit of {ClusterLimits.MaxBatchBytes}; links fill batches up to {ClusterLimits.TargetBatchBytes} and send large values through the data port.",
                nameof(batch));
    }
}
