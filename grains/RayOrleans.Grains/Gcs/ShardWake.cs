using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// Calls the shards whose silo has died, and those that were kept when a whole cluster had stopped. Until somebody calls one it has no activation, and those who wait
/// for its word call nobody: what it knows of the dead nodes would never follow, nor would detached actors live again. The silo that a shard belongs on does it, and its
/// first call activates it there. So does the silo of one whose activation has ended by a failure.
/// </summary>
internal sealed partial class ShardWake(IGrainFactory grains, MemberDirectory members, ILocalSiloDetails silo, RayClusterSettings settings, ILogger<ShardWake> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private Task _starting = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(ShardWake), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <summary>Calls a shard whose activation here has ended, until it answers, wherever it is then. Returns at once.</summary>
    public void Wake(int shard) => _ = Task.Run(() => WakeAsync(shard, static _ => true));

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = WatchAsync(members.Subscribe());
        _starting = settings.OwnsGcsFolder || settings.Gcs.Kind == GcsBackEndKind.Memory ? Task.CompletedTask : WakeKeptAsync();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _starting.ConfigureAwait(false);
    }

    private async Task WatchAsync(MemberSubscription subscription)
    {
        using MemberSubscription watched = subscription;
        try
        {
            while (await subscription.Changes.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                bool hasDied = false;
                while (subscription.Changes.TryRead(out MemberChange change))
                {
                    hasDied |= !change.IsAlive;
                }

                if (hasDied)
                {
                    WakeAll();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // This silo stops; the shards that it has move or are called by others.
        }
    }

    /// <summary>Calls what an earlier cluster may have left, once the silos that come now are there: the first of many would have all shards, and they would move.</summary>
    private async Task WakeKeptAsync()
    {
        try
        {
            await members.Ready.WaitAsync(_stop.Token).ConfigureAwait(false);
            while (settings.ShardSettleTime - members.Control.Age is { Ticks: > 0 } left)
            {
                await Task.Delay(left, _stop.Token).ConfigureAwait(false);
            }

            WakeAll();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // This silo stops; others call the shards.
        }
    }

    private void WakeAll()
    {
        foreach (int shard in Enumerable.Range(0, settings.ShardCount).Where(BelongsHere))
        {
            // Beside each other: one whose storage is away does not keep the others, or those of the next death, waiting.
            _ = WakeAsync(shard, BelongsHere);
        }
    }

    private bool BelongsHere(int shard)
    {
        IReadOnlyList<SiloAddress> control = members.Control.Silos;
        GrainId id = grains.GetGrain<IGcsShardGrain>(shard).GetGrainId();
        return control.Count > 0 && ShardSpread.OwnerOf(control, SpreadPlacementDirector.KindOf(id), shard, settings.ShardCount).Equals(silo.SiloAddress);
    }

    private async Task WakeAsync(int shard, Predicate<int> isToCall)
    {
        while (!_stop.IsCancellationRequested && isToCall(shard))
        {
            try
            {
                await grains.GetGrain<IGcsShardGrain>(shard).Start().ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogNotYet(shard, e.Message);
            }

            // The grain directory may not have heard of the death yet, or the storage be away; neither says when that is over.
            await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    [LoggerMessage(1149, LogLevel.Debug, "Shard {Shard} does not answer yet: {Text}")]
    private partial void LogNotYet(int shard, string text);
}
