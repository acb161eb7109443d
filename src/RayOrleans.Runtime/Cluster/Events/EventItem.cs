namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>One event.</summary>
/// <param name="Key">What it is about.</param>
/// <param name="Kind">Its sort.</param>
/// <param name="Body">Its contents; shards do not read them.</param>
internal readonly record struct EventItem(EventKey Key, EventKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>The number that the shard gave it; a later one has a higher one.</summary>
    public long Number { get; init; }
}
