namespace RayOrleans.Core;

/// <summary>A node's heartbeat to the global schedulers.</summary>
/// <param name="Node">The node.</param>
/// <param name="Version">Rises with every heartbeat.</param>
/// <param name="Total">What it has.</param>
/// <param name="Free">What is free.</param>
/// <param name="Queued">Tasks that are ready and wait for resources.</param>
/// <param name="AverageTaskTicks">The exponential average of how long tasks run, in the runtime's ticks.</param>
/// <param name="BytesPerTick">The exponential average of the bandwidth it pulls with, in bytes per tick; 0: not known.</param>
/// <param name="Labels">Its labels.</param>
public sealed record NodeLoad(
    NodeId Node, long Version, ResourceShape Total, ResourceShape Free, int Queued, double AverageTaskTicks, double BytesPerTick, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The size of its object store. For listings, as the following.</summary>
    public long StoreBytes { get; init; }

    /// <summary>How much of its object store is used.</summary>
    public long StoreUsedBytes { get; init; }

    /// <summary>What its object store holds and has done; null: it has not said.</summary>
    public ObjectStoreInfo? Store { get; init; }

    /// <summary>When it started, in milliseconds of Unix time.</summary>
    public long StartedAt { get; init; }
}
