namespace RayOrleans.Runtime.Cluster;

/// <summary>A node has joined, or was declared dead (or left): final for that id, a node that starts again has another one.</summary>
/// <param name="Member">The node.</param>
/// <param name="IsAlive">True when it joined.</param>
internal readonly record struct MemberChange(ClusterMember Member, bool IsAlive);
