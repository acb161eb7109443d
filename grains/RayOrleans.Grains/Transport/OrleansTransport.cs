using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Grains;

/// <summary>
/// Batches over Orleans: to nodes by grain service, to shards and schedulers by grain; large ones in parts. What it needs of Orleans is found at the
/// first call, because the node that gets it starts before its silo. Thread-safe.
/// </summary>
internal sealed class OrleansTransport : IClusterTransport, IActorHomes
{
    private readonly MemberDirectory _members;
    private readonly RayClusterSettings _settings;
    private readonly Lazy<IGrainFactory> _grains;
    private readonly Lazy<IClusterNode> _node;
    private readonly Lazy<NodeServiceClient> _nodes;
    private readonly Lazy<MembershipTracker> _tracker;
    private readonly Lazy<IGcsShardGrain[]> _shards;
    private readonly Lazy<IGlobalSchedulerGrain[]> _schedulers;
    private readonly RequestParts _parts;

    public OrleansTransport(IServiceProvider services, MemberDirectory members, RayClusterSettings settings)
    {
        _members = members;
        _settings = settings;
        _grains = new(services.GetRequiredService<IGrainFactory>);
        _node = new(services.GetRequiredService<IClusterNode>);
        _nodes = new(services.GetRequiredService<NodeServiceClient>);
        _tracker = new(services.GetRequiredService<MembershipTracker>);
        _shards = new(() => Make<IGcsShardGrain>(services, settings.ShardCount));
        _schedulers = new(() => Make<IGlobalSchedulerGrain>(services, settings.SchedulerCount));
        _parts = new(() => _node.Value.NodeId);
    }

    public int ShardCount => _settings.ShardCount;

    public int SchedulerCount => _settings.SchedulerCount;

    public async ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch)
    {
        if (node == _node.Value.NodeId)
        {
            return await _node.Value.Party.OnBatchAsync(batch).ConfigureAwait(false);
        }

        if (_members.Find(node) is not { } entry)
        {
            // Word of a node may arrive before this silo has seen it join.
            await _tracker.Value.RefreshAsync().ConfigureAwait(false);
            entry = _members.Find(node) ?? throw new NodeUnreachableException($"Node {node} is not a member of this cluster, or was forgotten since it left.");
        }

        if (entry.IsDead)
        {
            throw new NodeUnreachableException($"Node {node} on silo {entry.Silo.ToParsableString()} has left or was declared dead.");
        }

        try
        {
            return await _parts.CallAsync(entry.Service ??= _nodes.Value.For(entry.Silo), batch, Deliver).ConfigureAwait(false);
        }
        catch (SiloUnavailableException e) when (entry.IsDead)
        {
            throw new NodeUnreachableException($"Node {node} on silo {entry.Silo.ToParsableString()} was declared dead.", e);
        }

        static async ValueTask<byte[]> Deliver(INodeService service, byte[] bytes) => (await service.Deliver(bytes.AsImmutable()).ConfigureAwait(false)).Value;
    }

    public ValueTask<byte[]> CallShardAsync(int shard, byte[] batch)
    {
        return _parts.CallAsync(_shards.Value[shard], batch, Deliver);

        static async ValueTask<byte[]> Deliver(IGcsShardGrain grain, byte[] bytes) => (await grain.Deliver(bytes.AsImmutable()).ConfigureAwait(false)).Value;
    }

    public ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch)
    {
        return _parts.CallAsync(_schedulers.Value[replica], batch, Deliver);

        static async ValueTask<byte[]> Deliver(IGlobalSchedulerGrain grain, byte[] bytes) => (await grain.Deliver(bytes.AsImmutable()).ConfigureAwait(false)).Value;
    }

    public async ValueTask<NodeId> PlaceAsync(ActorId actor, long incarnation, byte[] request, NodeId fixedNode)
    {
        // The director reads these; they travel with this call only.
        RequestContext.Set(ActorRequestContext.RequestKey, request);
        try
        {
            if (fixedNode != NodeId.None)
            {
                RequestContext.Set(
                    IPlacementDirector.PlacementHintKey,
                    _members.Find(fixedNode)?.Silo ?? throw new NodeUnreachableException($"Node {fixedNode}, which actor {actor} must live on, is not there."));
            }

            ActorStarted started = await GrainOf(actor).StartAsync(incarnation, Array.Empty<byte>().AsImmutable()).ConfigureAwait(false);
            return started.NodeId;
        }
        finally
        {
            RequestContext.Clear();
        }
    }

    public async ValueTask LeaveAsync(ActorId actor) => await GrainOf(actor).LeaveAsync().ConfigureAwait(false);

    private IActorGrain GrainOf(ActorId actor) => _grains.Value.GetGrain<IActorGrain>(actor.ToString());

    private static TGrain[] Make<TGrain>(IServiceProvider services, int count)
        where TGrain : IGrainWithIntegerKey
    {
        IGrainFactory factory = services.GetRequiredService<IGrainFactory>();
        return [.. Enumerable.Range(0, count).Select(i => factory.GetGrain<TGrain>(i))];
    }
}
