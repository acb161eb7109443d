namespace RayOrleans.Core;

/// <summary>A value to pull.</summary>
/// <param name="Id">The object.</param>
/// <param name="Version">The version wanted; other versions do not do.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Locations">The nodes that have it, best first.</param>
/// <param name="Reason">The most pressing of those who wait for it.</param>
public sealed record FetchPlan(ObjectId Id, int Version, long Size, IReadOnlyList<NodeId> Locations, FetchReason Reason);
