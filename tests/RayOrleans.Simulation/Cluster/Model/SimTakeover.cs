namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>An object whose record a shard has given to another node.</summary>
internal sealed class SimTakeover
{
    /// <summary>The number of the new owner's first attempt.</summary>
    public required int FirstAttempt { get; init; }

    /// <summary>Versions of earlier attempts that count all the same: what the shard knew then, and what owners have said themselves.</summary>
    public HashSet<int> Counted { get; } = [];
}
