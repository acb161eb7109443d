using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RayOrleans.Runtime;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Drivers;

namespace RayOrleans;

/// <summary>The node of a host.</summary>
internal sealed partial class HostedNode(HostedRay ray, IOptions<RayOptions> options, ILogger<HostedNode> logger, NodeStart? start = null)
    : HostedRuntime(ray), ILocalNode, IClusterNode
{
    private LocalNode? _node;

    public NodeId NodeId => Node.Services.NodeId;

    IPEndPoint? IClusterNode.DataEndPoint => Node.Services.Cluster?.Data.EndPoint;

    IClusterParty IClusterNode.Party => Node.Party ?? SilentParty.Instance;

    /// <summary>Takes drivers from elsewhere; null: it takes none, or has not started.</summary>
    internal RemotePort? RemoteDrivers => _node?.Services.RemoteDrivers;

    /// <summary>The node itself, for what starts it inside another program.</summary>
    internal LocalNode Node => _node ?? throw HostedRay.NotStarted();

    public LocalNodeStatus GetStatus()
    {
        NodeServices services = Node.Services;
        return services.Gate.Do(engine => new LocalNodeStatus
        {
            NodeId = services.NodeId,
            IsAlive = services.Stopped is null,
            Resources = engine.Resources.Total.ToDictionary(),
            AvailableResources = engine.Resources.Free(),
            ReadyTasks = engine.ReadyTasks,
            RunningTasks = engine.RunningAttempts,
            LiveObjects = engine.LiveObjects,
            ObjectStoreBytes = services.Store.CapacityBytes,
            ObjectStoreUsedBytes = services.Store.UsedBytes,
        });
    }

    public IReadOnlyDictionary<string, double> GetHoldings(bool collectGarbage = false) => NodeHoldings.Of(Node.Services, collectGarbage);

    Task IClusterNode.LeaveAsync() => Node.LeaveAsync();

    void IClusterNode.Die(string why)
    {
        LogDied(NodeId, why);
        _ = Task.Run(() => Node.StopAsync(why).AsTask());
    }

    protected override async Task<IRay> StartRuntimeAsync(CancellationToken cancellationToken)
    {
        LocalNode node = await EmbeddedNode.StartNodeAsync(options.Value, cancellationToken, start).ConfigureAwait(false);
        node.Services.Events.Warned += text => LogWarning(node.Services.NodeId, text);
        _node = node;
        RayAmbient.AddDefault(node.Driver);
        LogStarted(node.Services.NodeId, node.Services.Engine.Resources.Total.ToString());
        return node.Driver;
    }
}
