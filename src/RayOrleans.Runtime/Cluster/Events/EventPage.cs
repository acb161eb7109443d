namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>What the event table has answered.</summary>
/// <param name="Items">The events.</param>
/// <param name="Dropped">How many there were that it does not have.</param>
/// <param name="IsWhole">Whether every shard has answered.</param>
internal sealed record EventPage(IReadOnlyList<EventItem> Items, long Dropped, bool IsWhole);
