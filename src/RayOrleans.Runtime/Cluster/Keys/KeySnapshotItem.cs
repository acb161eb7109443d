namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>One item of a snapshot of the tables of keys and names: the counter of versions, a key, a name, or a remembered answer.</summary>
internal readonly record struct KeySnapshotItem
{
    /// <summary>The counter of versions, when it is nothing else.</summary>
    public long Version { get; init; }

    /// <summary>The namespace of a key.</summary>
    public string? Namespace { get; init; }

    /// <summary>The key.</summary>
    public KeyEntry Entry { get; init; }

    /// <summary>A name.</summary>
    public ActorName? Name { get; init; }

    /// <summary>The number of a change.</summary>
    public UInt128 Id { get; init; }

    /// <summary>When it was made; null: an earlier version wrote it, which did not say.</summary>
    public long? Time { get; init; }

    /// <summary>Its answer.</summary>
    public byte[]? Answer { get; init; }
}
