using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>What a node has unless it is told otherwise.</summary>
internal static class NodeDefaults
{
    /// <summary>The memory this process may use, as the container or the machine limits it.</summary>
    public static long UsableBytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public static long StoreBytes() => Math.Max(64L << 20, MemoryPlan.ForThisNode().StoreBytes);

    public static ResourceShape Resources(RayOptions options) => new(
        ResourceAmount.From(options.CpusPerNode ?? Environment.ProcessorCount, nameof(options.CpusPerNode)),
        ResourceAmount.From(options.GpusPerNode ?? 0, nameof(options.GpusPerNode)),
        options.MemoryPerNode ?? UsableBytes() / options.Nodes,
        options.Resources.ToDictionary(r => r.Key, r => ResourceAmount.From(r.Value, r.Key), StringComparer.Ordinal));
}
