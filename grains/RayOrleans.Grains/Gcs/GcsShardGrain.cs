using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Grains;

/// <summary>
/// A shard of the GCS in its grain. When the silos that take shards have changed, and then stayed the same for a while, a shard that belongs on another one
/// moves there, and finds in its storage what it knew. A party that has ended by itself is replaced: its grain goes, and is called again at once.
/// </summary>
[SpreadPlacement]
[KeepAlive]
[Immovable]
[Reentrant]
internal sealed partial class GcsShardGrain(
    IServiceProvider services, MemberDirectory members, IClusterNode node, RayClusterSettings settings, ShardEpochs epochs, IShardStorageProvider storages, NodeServiceClient nodes, LocalShards shards,
    ShardWake wake, ShardWarnings warnings, ILogger<GcsShardGrain> logger)
    : PartyGrain(members, node), IGcsShardGrain
{
    /// <summary>Shards move one after the other: each begins that much later than the one before it.</summary>
    private static readonly TimeSpan MoveApart = TimeSpan.FromMilliseconds(500);

    /// <summary>After so long a shard that has left, and still lives here, is not on its way: its next silo is gone, or this one again.</summary>
    private static readonly TimeSpan NotMovedAfter = TimeSpan.FromSeconds(10);

    private readonly MemberDirectory _members = members;
    private readonly IClusterNode _node = node;
    private readonly long _activatedAt = Stopwatch.GetTimestamp();
    private Func<Task<bool>>? _leave;
    private long _epoch;
    private long _noted;
    private long _settled = -1;
    private long? _leftAt;
    private bool _isMoving;
    private bool _hasLeft;
    private bool _isOver;

    private int Index => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        IShardStorage storage = storages.Open(Index);
        try
        {
            _epoch = await epochs.DrawAsync(Index, storage, cancellationToken);
        }
        catch (Exception e) when (e is not OrleansException)
        {
            warnings.OnNotBegun(Index, e);
            throw;
        }

        await StartAsync(Factory(services).CreateShard(Index, _epoch, storage), cancellationToken);
        LogActivated(Index, _epoch, _node.NodeId);
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
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown)
        {
            await TryLeaveAsync("its silo stops");
        }

        (Party as IDisposable)?.Dispose();
        await NoteAllAsync();
        if (_isOver)
        {
            // Those who wait for its word call nobody.
            wake.Wake(Index);
        }
    }

    public ValueTask<PartyStatus> GetStatus()
    {
        OnCalled();
        return new(Status(_epoch));
    }

    public async ValueTask<PartyStatus> Start()
    {
        OnCalled();
        if (Party is IMovableParty party)
        {
            await party.StartAsync();
            if (party.Ended is { } ended)
            {
                throw new OrleansException($"Shard {Index} with epoch {_epoch} has ended: {ended.Message}");
            }
        }

        return Status(_epoch);
    }

    protected override void Tick()
    {
        base.Tick();
        OnCalled();
        if (_hasLeft && !_isMoving && !_isOver)
        {
            _leftAt ??= Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(_leftAt.Value) > NotMovedAfter)
            {
                EndHere("it has left, and was not moved");
            }
        }

        ControlSilos control = _members.Control;
        if (!_isOver && !_isMoving && control.Number != _settled && control.Age >= settings.ShardSettleTime + (Index * MoveApart)
            && Stopwatch.GetElapsedTime(_activatedAt) >= settings.ShardSettleTime)
        {
            _isMoving = true;
            _ = SettleAsync(control);
        }
    }

    /// <summary>A party that has ended answers nobody any more: another activation begins with what its storage has.</summary>
    protected override void OnCalled()
    {
        if (!_isOver && !_isMoving && !_hasLeft && Party is IMovableParty { Ended: { } ended })
        {
            EndHere(ended.Message);
        }
    }

    /// <summary>This activation goes, and its silo calls the next one.</summary>
    private void EndHere(string why)
    {
        _isOver = true;
        LogEnded(Index, _epoch, why);
        DeactivateOnIdle();
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

        await shards.Leaving.WaitAsync();
        try
        {
            // While it waited for the others to go the silos may have changed again; then there is time.
            if (control == _members.Control)
            {
                await TryMoveAsync(owner);
            }
        }
        finally
        {
            shards.Leaving.Release();
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
        try
        {
            return await TryMoveAsync(heir);
        }
        finally
        {
            _isMoving = false;
        }
    }

    /// <summary>False: it could not leave, and stays for now.</summary>
    private async Task<bool> TryMoveAsync(SiloAddress owner)
    {
        LogMoves(Index, _epoch, owner);
        Task noted = NoteAllAsync();
        bool hasLeft = await TryLeaveAsync($"it moves to silo {owner}");
        await noted;
        if (!hasLeft)
        {
            return false;
        }

        RequestContext.Set(IPlacementDirector.PlacementHintKey, owner);
        MigrateOnIdle();
        RequestContext.Clear();
        return true;
    }

    /// <summary>False: it goes on here, because what an earlier activation has left could not be read yet, and would be lost.</summary>
    private async Task<bool> TryLeaveAsync(string why)
    {
        try
        {
            if (Party is IMovableParty party && !_hasLeft)
            {
                await party.LeaveAsync(why);
            }

            return _hasLeft = true;
        }
        catch (StaleEpochException)
        {
            // The activation that follows has begun already, with what there is.
            return _hasLeft = true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (Party is not IMovableParty { Ended: not null })
            {
                LogNotLeft(Index, _epoch, why, e.Message);
                return false;
            }

            // It takes nothing any more, so staying would be no use to anybody.
            LogLeftNothing(Index, _epoch, why, e.Message);
            return _hasLeft = true;
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
            await nodes.For(entry.Silo).NoteEpoch(Index, _epoch);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is: a shard that has left goes on to where it moves.
            LogNotNoted(Index, _epoch, entry.Silo, e.Message);
        }
    }
}
