using System.Net;

namespace RayOrleans.Runtime.Cluster;

/// <summary>The node of this process as its silo sees it. Thread-safe.</summary>
internal interface IClusterNode
{
    /// <summary>Its id: what the silo gave it at the start.</summary>
    NodeId NodeId { get; }

    /// <summary>Where its objects can be pulled from; null when it serves none. Asked once the node has started.</summary>
    IPEndPoint? DataEndPoint { get; }

    /// <summary>Who takes the batches for it.</summary>
    IClusterParty Party { get; }

    /// <summary>The silo is about to leave its cluster in good order: the job of the node's own driver has ended, and the job table hears of it while it can.</summary>
    Task LeaveAsync();

    /// <summary>
    /// The cluster has declared this node dead, or its silo can no longer be in a cluster: it stops, and what waits on it fails with
    /// <see cref="NodeDiedException"/>. The process goes on. Returns at once. Idempotent.
    /// </summary>
    /// <param name="why">The reason, as a clause.</param>
    void Die(string why);
}
