namespace RayOrleans;

/// <summary>A node of the cluster, as it was when asked.</summary>
public sealed record NodeInfo
{
    /// <summary>The node's id.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>Whether it is alive.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Where it is reached; empty for an embedded node without a network address.</summary>
    public string Address { get; init; } = "";

    /// <summary>What it has, by resource name.</summary>
    public IReadOnlyDictionary<string, double> Resources { get; init; } = OptionMap<double>.Empty;

    /// <summary>What is free, by resource name.</summary>
    public IReadOnlyDictionary<string, double> AvailableResources { get; init; } = OptionMap<double>.Empty;

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = OptionMap<string>.Empty;

    /// <summary>The size of its object store, in bytes.</summary>
    public long ObjectStoreBytes { get; init; }

    /// <summary>How much of its object store is used, in bytes.</summary>
    public long ObjectStoreUsedBytes { get; init; }

    /// <summary>What its object store holds and has done, of another node as its last heartbeat told; null before the first one, and of a node that is gone.</summary>
    public ObjectStoreInfo? ObjectStore { get; init; }

    /// <summary>When it joined.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Why it is dead; null while it is alive.</summary>
    public string? DeathReason { get; init; }
}
