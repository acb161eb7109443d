namespace RayOrleans.Core;

/// <summary>What a shard knows of one object.</summary>
/// <param name="Report">Its state.</param>
/// <param name="Locations">The nodes with a copy.</param>
/// <param name="Holders">How much each node wants kept.</param>
/// <param name="DeadHolds">Holds of nodes that died, and when they stop counting.</param>
/// <param name="Subscribers">The nodes that are told about changes.</param>
/// <param name="Keepers">The nodes whose copies stay; null: it is not replicated.</param>
public sealed record TableObjectSnapshot(
    ObjectReport Report,
    IReadOnlyList<NodeId> Locations,
    IReadOnlyList<KeyValuePair<NodeId, HoldLevel>> Holders,
    IReadOnlyList<KeyValuePair<NodeId, long>> DeadHolds,
    IReadOnlyList<NodeId> Subscribers,
    IReadOnlyList<NodeId>? Keepers);
