using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Runtime;

/// <summary>What a node of a cluster is started with; a node of its own draws its id and reaches nobody.</summary>
/// <param name="NodeId">Its id: every silo can compute it from the address of the node's silo.</param>
/// <param name="Transport">How it reaches the others; usable once its silo is active.</param>
internal sealed record NodeStart(NodeId NodeId, IClusterTransport? Transport);
