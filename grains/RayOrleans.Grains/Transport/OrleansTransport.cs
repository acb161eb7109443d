using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// Batches over Orleans: to nodes by grain service, to shards and schedulers by grain. What it needs of Orleans is found at the first call,
/// because the node that gets it starts before its silo. Thread-safe.
/// </summary>
internal sealed class OrleansTransport(IServiceProvider services, MemberDirectory members, RayClusterSettings settings) : IClusterTransport, IActorHomes
{
    private readonly Lazy<IGrainFactory> _grains = new(services.GetRequiredService<IGrainFactory>);
    private readonly Lazy<IClusterNode> _node = new(services.GetRequiredService<IClusterNode>);
    private readonly Lazy<NodeServiceClient> _nodes = new(services.GetRequiredService<NodeServiceClient>);
    private readonly Lazy<MembershipTracker> _tracker = new(services.GetRequiredService<MembershipTracker>);
    private readonly Lazy<IGcsShardGrain[]> _shards = new(() => Make<IGcsShardGrain>(services, settings.ShardCount));
    private readonly Lazy<IGlobalSchedulerGrain[]> _schedulers = new(() => Make<IGlobalSchedulerGrain>(services, settings.SchedulerCount));

    public int ShardCount => settings.ShardCount;

    public int SchedulerCount => settings.SchedulerCount;

    public async ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch)
    {
        BatchGuard.Checked(batch);
        if (node == _node.Value.NodeId)
        {
            return await _node.Value.Party.OnBatchAsync(batch).ConfigureAwait(false);
        }

        if (members.Find(node) is not { } entry)
        {
            // Word of a node may arrive before this silo has seen it join.
            await _tracker.Value.RefreshAsync().ConfigureAwait(false);
            entry = members.Find(node) ?? throw new NodeUnreachableException($"Node {node} is not a member of this cluster, or was forgotten since it left.");
        }

        if (entry.IsDead)
        {
            throw new NodeUnreachableException($"Node {node} on silo {entry.Silo.ToParsableString()} has left or was declared dead.");
        }

        try
        {
            INodeService service = entry.Service ??= _nodes.Value.For(entry.Silo);
            return (await service.Deliver(batch.AsImmutable()).ConfigureAwait(false)).Value;
        }
        catch (SiloUnavailableException e) when (entry.IsDead)
        {
            throw new NodeUnreachableException($"Node {node} on silo {entry.Silo.ToParsableString()} was declared dead.", e);
        }
    }

    public async ValueTask<byte[]> CallShardAsync(int shard, byte[] batch)
    {
        BatchGuard.Checked(batch);
        return (await _shards.Value[shard].Deliver(batch.AsImmutable()).ConfigureAwait(false)).Value;
    }

    public async ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch)
    {
        BatchGuard.Checked(batch);
        return (await _schedulers.Value[replica].Deliver(batch.AsImmutable()).ConfigureAwait(false)).Value;
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
                    members.Find(fixedNode)?.Silo ?? throw new NodeUnreachableException($"Node {fixedNode}, which actor {actor} must live on, is not there."));
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
