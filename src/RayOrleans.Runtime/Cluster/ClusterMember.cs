using System.Net;

namespace RayOrleans.Runtime.Cluster;

/// <summary>A node as its cluster's membership knows it.</summary>
/// <param name="NodeId">Its id, which is also its incarnation.</param>
/// <param name="Name">The name for people: the silo's name or address.</param>
/// <param name="DataEndPoint">Where its objects can be pulled from; null when the other side of the cluster lives in this process.</param>
internal sealed record ClusterMember(NodeId NodeId, string Name, IPEndPoint? DataEndPoint);
