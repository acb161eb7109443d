namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What a part of a request says of itself.</summary>
/// <param name="Sender">Who sends.</param>
/// <param name="Transfer">The sender's number for this request.</param>
/// <param name="Total">The size of the whole request, in bytes.</param>
/// <param name="Offset">Where in it the part begins.</param>
internal readonly record struct PartHeader(NodeId Sender, long Transfer, int Total, int Offset);
