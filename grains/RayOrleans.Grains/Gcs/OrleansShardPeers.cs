using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs.Followers;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Grains;

/// <summary>The other silos that take shards, by grain service. Thread-safe.</summary>
internal sealed class OrleansShardPeers(IServiceProvider services, MemberDirectory members, IClusterNode node, RayClusterSettings settings) : IShardPeers
{
    private readonly RequestParts _parts = new(() => node.NodeId);
    private readonly Lazy<NodeServiceClient> _nodes = new(services.GetRequiredService<NodeServiceClient>);
    private readonly Lazy<uint> _kind = new(() => SpreadPlacementDirector.KindOf(services.GetRequiredService<IGrainFactory>().GetGrain<IGcsShardGrain>(0).GetGrainId()));
    private long _number = -1;
    private NodeId[][] _others = [];

    public Task Ready => members.WhenSettledAsync();

    public IReadOnlyList<NodeId> Others(int shard)
    {
        ControlSilos control = members.Control;
        if (Volatile.Read(ref _number) != control.Number)
        {
            _others = [.. Enumerable.Range(0, settings.ShardCount).Select(i => InOrder(control, i))];
            Volatile.Write(ref _number, control.Number);
        }

        return _others[shard];
    }

    public async ValueTask<byte[]> CallAsync(NodeId peer, byte[] request)
    {
        if (members.Find(peer) is not { IsDead: false } entry)
        {
            throw new NodeUnreachableException($"Node {peer} has left or was declared dead.");
        }

        try
        {
            return await _parts.CallAsync(_nodes.Value.For(entry.Silo), request, Follow).ConfigureAwait(false);
        }
        catch (OrleansException e)
        {
            throw new NodeUnreachableException($"Node {peer} on silo {entry.Silo.ToParsableString()} did not answer: {e.Message}", e);
        }

        static async ValueTask<byte[]> Follow(INodeService service, byte[] bytes) => (await service.Follow(bytes.AsImmutable()).ConfigureAwait(false)).Value;
    }

    /// <summary>The one that the shard will live on when this silo dies comes first: what it keeps it need not send.</summary>
    private NodeId[] InOrder(ControlSilos control, int shard)
    {
        List<SiloAddress> others = [.. control.Silos.Where(s => NodeIds.Of(s) != node.NodeId)];
        if (others.Count > 1)
        {
            SiloAddress heir = ShardSpread.OwnerOf(others, _kind.Value, shard, settings.ShardCount);
            others.Remove(heir);
            others.Insert(0, heir);
        }

        return [.. others.Select(NodeIds.Of)];
    }
}
