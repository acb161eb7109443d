using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>A shard of the GCS in its grain.</summary>
[SpreadPlacement]
[KeepAlive]
[Immovable]
[Reentrant]
internal sealed partial class GcsShardGrain(
    IServiceProvider services, MemberDirectory members, IClusterNode node, ShardEpochs epochs, IShardStorageProvider storages, NodeServiceClient nodes, ILogger<GcsShardGrain> logger)
    : PartyGrain(members, node), IGcsShardGrain
{
    private readonly MemberDirectory _members = members;
    private readonly IClusterNode _node = node;
    private long _epoch;

    private int Index => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        IClusterPartyFactory factory = Factory(services);
        IShardStorage storage = storages.Open(Index);
        _epoch = await epochs.DrawAsync(Index, storage, cancellationToken);
        await StartAsync(factory.CreateShard(Index, _epoch, storage), cancellationToken);
        LogActivated(Index, _epoch, _node.NodeId);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await base.OnDeactivateAsync(reason, cancellationToken);
        LogDeactivated(Index, _epoch, reason.Description);

        // With the same membership a next activation elsewhere could draw the same epoch: those who might host it are told.
        await Task.WhenAll(_members.Living.Where(e => e.NodeId != _node.NodeId).Select(NoteAsync));
    }

    public ValueTask<PartyStatus> GetStatus() => new(Status(_epoch));

    private async Task NoteAsync(MemberEntry entry)
    {
        try
        {
            await nodes.For(entry.Silo).NoteEpoch(Index, _epoch);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogNotNoted(Index, _epoch, entry.Silo, e.Message);
        }
    }
}
