using System.Security.Cryptography;

namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>
/// Several nodes in this process (<c>RayOptions.Nodes</c>): each with its own engine, threads, store and data port, and a cluster between them.
/// The first is the driver's; stopping it stops all.
/// </summary>
internal sealed class InProcessNodes : IAsyncDisposable
{
    private readonly InProcessCluster _cluster;
    private readonly Func<int, NodeStart, NodeStart> _configure;
    private readonly List<LocalNode> _nodes = [];

    private InProcessNodes(InProcessCluster cluster, Func<int, NodeStart, NodeStart>? configure)
    {
        _cluster = cluster;
        _configure = configure ?? (static (_, start) => start);
    }

    /// <summary>The nodes, the driver's first.</summary>
    public IReadOnlyList<LocalNode> Nodes => _nodes;

    /// <summary>Starts as many nodes as the options say.</summary>
    /// <param name="options">The options of each.</param>
    /// <param name="clusterOptions">The options of what is between them.</param>
    /// <param name="configure">Changes what a node is started with: its number, from 0, and what it would be.</param>
    public static InProcessNodes Start(RayOptions options, InProcessClusterOptions? clusterOptions = null, Func<int, NodeStart, NodeStart>? configure = null)
    {
        InProcessNodes nodes = new(new InProcessCluster(clusterOptions ?? new InProcessClusterOptions()), configure);
        for (int i = 0; i < options.Nodes; i++)
        {
            nodes.Add(options);
        }

        nodes._nodes[0].AnnounceDriver();
        nodes._nodes[0].AfterStop = nodes.DisposeAsync;
        return nodes;
    }

    /// <summary>Starts one more node.</summary>
    public LocalNode Add(RayOptions options)
    {
        NodeId id = new(new UInt128(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));
        LateTransport transport = new(_cluster.ShardCount, 1);
        LocalNode node = LocalNode.Start(options, _configure(_nodes.Count, new NodeStart(id, transport, IsOneProcess: true)));
        _nodes.Add(node);
        transport.Attach(_cluster.Join(new ClusterMember(id, $"node {_nodes.Count}", node.Services.Cluster!.Data.EndPoint), node.Services.Cluster));
        return node;
    }

    /// <summary>A node is gone, as by a crash: the others are told, and it reaches nobody any more.</summary>
    public async ValueTask RemoveAsync(LocalNode node)
    {
        _cluster.Remove(node.Services.NodeId);
        _nodes.Remove(node);
        await node.StopAsync("it was removed from the cluster").ConfigureAwait(false);
    }

    /// <summary>A shard of the GCS loses everything and starts anew.</summary>
    public void RestartShard(int index) => _cluster.RestartShard(index);

    public int ShardCount => _cluster.ShardCount;

    public async ValueTask DisposeAsync()
    {
        foreach (LocalNode node in _nodes.ToList())
        {
            await node.StopAsync("the program's runtime was shut down").ConfigureAwait(false);
        }

        await _cluster.DisposeAsync().ConfigureAwait(false);
    }

}
