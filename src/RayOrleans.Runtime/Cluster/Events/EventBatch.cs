namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>What a node tells a shard of what has happened on it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Number">The number of the batch from this node to this shard: one that comes again changes nothing.</param>
/// <param name="Unlisted">How many ends of tasks the node has counted so far and sent to no shard, or could not.</param>
/// <param name="Items">The events.</param>
internal sealed record EventBatch(NodeId Node, long Number, long Unlisted, IReadOnlyList<EventItem> Items);
