using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// A shard of the GCS in its grain. When the silos that take shards have changed, and then stayed the same for a while, a shard that belongs on another one
/// moves there, with what it knows where its storage does not keep that by itself.
/// </summary>
[SpreadPlacement]
[KeepAlive]
[Immovable]
[Reentrant]
internal sealed partial class GcsShardGrain(
    IServiceProvider services, MemberDirectory members, IClusterNode node, RayClusterSettings settings, ShardEpochs epochs, IShardStorageProvider storages, ShardHandovers handovers, LocalShards shards,
    ILogger<GcsShardGrain> logger)
    : PartyGrain(members, node), IGcsShardGrain
{
    /// <summary>Shards move one after the other: each begins that much later than the one before it.</summary>
    private static readonly TimeSpan MoveApart = TimeSpan.FromMilliseconds(500);

    private readonly MemberDirectory _members = members;
    private readonly IClusterNode _node = node;
    private readonly long _activatedAt = Stopwatch.GetTimestamp();
    private Func<Task<bool>>? _leave;
    private IShardStorage _storage = null!;
    private long _epoch;
    private long _noted;
    private long _settled = -1;
    private long _failedAt;
    private bool _isMoving;
    private bool _isHandedOver;

    private int Index => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        TaskScheduler turns = TaskScheduler.Current;
        _leave = () => Task.Factory.StartNew(LeaveSiloAsync, CancellationToken.None, TaskCreationOptions.None, turns).Unwrap();
        shards.Add(Index, _leave);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await base.OnDeactivateAsync(reason, cancellationToken);
        if (_leave is { } leave)
        {
            shards.Remove(Index, leave);
        }

        LogDeactivated(Index, _epoch, reason.Description);
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && OwnerAmong(_members.Control.Silos.Where(s => !s.Equals(GrainContext.Address.SiloAddress))) is { } heir)
        {
            await TryHandOverAsync(heir);
        }

        await NoteAllAsync();
    }

    public ValueTask<PartyStatus> GetStatus() => new(Status(_epoch));

    protected override void Tick()
    {
        base.Tick();
        ControlSilos control = _members.Control;
        if (!_isMoving && control.Number != _settled && control.Age >= settings.ShardSettleTime + (Index * MoveApart)
            && Stopwatch.GetElapsedTime(_activatedAt) >= settings.ShardSettleTime
            && (_failedAt == 0 || Stopwatch.GetElapsedTime(_failedAt) >= settings.ShardSettleTime))
        {
            _isMoving = true;
            _ = SettleAsync(control);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        IClusterPartyFactory factory = Factory(services);
        _storage = storages.Open(Index);
        long last = epochs.Last(Index);
        _epoch = await epochs.DrawAsync(Index, _storage, cancellationToken);
        if (_storage is IMovableShardStorage movable && handovers.Take(Index, last) is { } known)
        {
            movable.Restore(known);
        }

        await StartAsync(factory.CreateShard(Index, _epoch, _storage), cancellationToken);
        LogActivated(Index, _epoch, _node.NodeId);
    }

    /// <summary>Moves the shard if it belongs elsewhere; one leaves this silo at a time.</summary>
    private async Task SettleAsync(ControlSilos control)
    {
        SiloAddress? owner = OwnerAmong(control.Silos);
        if (owner is null || owner.Equals(GrainContext.Address.SiloAddress))
        {
            _settled = control.Number;
            _isMoving = false;
            return;
        }

        await handovers.Leaving.WaitAsync();
        try
        {
            // While it waited for the others to go the silos may have changed again; then there is time.
            if (control == _members.Control)
            {
                await MoveAsync(owner);
            }
        }
        finally
        {
            handovers.Leaving.Release();
            _isMoving = false;
        }
    }

    /// <summary>The silo stops: the shard moves to where it would live without that. False: it stays.</summary>
    private async Task<bool> LeaveSiloAsync()
    {
        if (_isMoving || OwnerAmong(_members.Control.Silos.Where(s => !s.Equals(GrainContext.Address.SiloAddress))) is not { } heir)
        {
            return false;
        }

        _isMoving = true;
        await handovers.Leaving.WaitAsync();
        try
        {
            return await MoveAsync(heir);
        }
        finally
        {
            handovers.Leaving.Release();
            _isMoving = false;
        }
    }

    /// <summary>False: the other silo did not take it.</summary>
    private async Task<bool> MoveAsync(SiloAddress owner)
    {
        LogMoves(Index, _epoch, owner);
        Task noted = NoteAllAsync();
        bool isThere = await TryHandOverAsync(owner);
        await noted;
        if (!isThere)
        {
            await GoOnHereAsync();
            return false;
        }

        RequestContext.Set(IPlacementDirector.PlacementHintKey, owner);
        MigrateOnIdle();
        RequestContext.Clear();
        return true;
    }

    /// <summary>In a next epoch, because what the last one has told is no longer all there is; the move is tried again after a while.</summary>
    private async Task GoOnHereAsync()
    {
        _failedAt = Stopwatch.GetTimestamp();
        try
        {
            await BeginAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // The activation that follows this one has what this one knew.
            LogNotHere(e, Index, _epoch);
            DeactivateOnIdle();
        }
    }

    private async Task<bool> TryHandOverAsync(SiloAddress owner)
    {
        if (Party is not IMovableParty movable || _isHandedOver)
        {
            return true;
        }

        IReadOnlyList<ReadOnlyMemory<byte>> known = await movable.LeaveAsync($"it moves to silo {owner}");

        if (_storage is not IMovableShardStorage)
        {
            // Wherever it goes on, it finds there what it knew.
            return _isHandedOver = true;
        }

        // Also here, should it come back at once.
        handovers.Keep(Index, _epoch, known);
        try
        {
            await handovers.SendAsync(owner, Index, _epoch, known);
            return _isHandedOver = true;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or IOException)
        {
            LogNotHandedOver(Index, _epoch, owner, e.Message);
            return false;
        }
    }

    private SiloAddress? OwnerAmong(IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] all = [.. silos];
        return all.Length == 0 ? null : ShardSpread.OwnerOf(all, SpreadPlacementDirector.KindOf(this.GetGrainId()), Index, settings.ShardCount);
    }

    /// <summary>With the same membership a next activation elsewhere could draw the same epoch: those who might host it are told, once.</summary>
    private Task NoteAllAsync()
    {
        if (_noted == _epoch)
        {
            return Task.CompletedTask;
        }

        _noted = _epoch;
        return Task.WhenAll(_members.Living.Where(e => e.NodeId != _node.NodeId).Select(NoteAsync));
    }

    private async Task NoteAsync(MemberEntry entry)
    {
        try
        {
            await handovers.NoteAsync(entry.Silo, Index, _epoch);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogNotNoted(Index, _epoch, entry.Silo, e.Message);
        }
    }
}
