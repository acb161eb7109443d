namespace RayOrleans;

/// <summary>The object store has no room for the object, also after eviction and spilling.</summary>
public sealed class ObjectStoreFullException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ObjectStoreFullException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The node whose store is full.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The size asked for, in bytes.</summary>
    public long RequestedBytes { get; init; }

    /// <summary>The size of the store, in bytes.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>How much is used, in bytes.</summary>
    public long UsedBytes { get; init; }

    /// <summary>How much is pinned by readers and cannot be evicted, in bytes.</summary>
    public long PinnedBytes { get; init; }

    /// <summary>How much lies on disk, in bytes.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>The largest objects, largest first: who made them, who pins them, how many holders they have.</summary>
    public IReadOnlyList<ObjectInfo> LargestObjects { get; init; } = [];
}
