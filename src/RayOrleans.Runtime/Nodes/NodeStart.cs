using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>What a node of a cluster is started with; a node of its own draws its id and reaches nobody.</summary>
/// <param name="NodeId">Its id: every silo can compute it from the address of the node's silo.</param>
/// <param name="Transport">How it reaches the others; usable once its silo is active.</param>
/// <param name="IsOneProcess">Whether all nodes of the cluster are in this process: they have the same code.</param>
internal sealed record NodeStart(NodeId NodeId, IClusterTransport? Transport, bool IsOneProcess = false)
{
    /// <summary>Makes what loads code for the node; null: as for a process of its own.</summary>
    public Func<NodeServices, NodeCode>? Code { get; init; }

    /// <summary>How its worker processes are started; null: as <see cref="WorkerCommand.OfProcess"/> says.</summary>
    public WorkerCommand? Worker { get; init; }

    /// <summary>Measures memory; null: as the kernel says.</summary>
    public IMemoryMeter? Meter { get; init; }

    /// <summary>The port of its address, by which drivers in other processes of this machine find it; null: it takes no such drivers.</summary>
    public int? DriverPort { get; init; }

    /// <summary>Where its objects can be pulled from.</summary>
    public DataPortPlace Data { get; init; } = DataPortPlace.Loopback;
}
