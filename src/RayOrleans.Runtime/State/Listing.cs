namespace RayOrleans.Runtime;

/// <summary>What was found, before it is filtered.</summary>
/// <param name="Items">The records.</param>
/// <param name="Silent">The nodes that have not answered.</param>
/// <param name="Dropped">How many records there were that nobody keeps.</param>
/// <param name="IsPartial">Whether a shard has not answered.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items, IReadOnlyList<NodeId> Silent, long Dropped, bool IsPartial);
