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
    private Known _known = new(-1, []);

    public Task Ready => members.WhenSettledAsync();

    public IReadOnlyList<NodeId> Others(int shard)
    {
        ControlSilos control = members.Control;
        Known known = Volatile.Read(ref _known);
        while (known.Number < control.Number)
        {
            // The silos go with their number in one piece, and never back: many shards ask at once.
            Known next = new(control.Number, [.. Enumerable.Range(0, settings.ShardCount).Select(i => InOrder(control, i))]);
            Known before = Interlocked.CompareExchange(ref _known, next, known);
            known = before == known ? next : before;
        }

        return known.Others[shard];
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

    /// <summary>The others of each shard.</summary>
    /// <param name="Number">Of the control silos that they are from.</param>
    /// <param name="Others">By shard.</param>
    private sealed record Known(long Number, NodeId[][] Others);
}
