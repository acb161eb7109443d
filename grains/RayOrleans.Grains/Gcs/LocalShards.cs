using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// The shards that live on this silo. When it stops in good order they move to other silos first, while it is still a member like any other: so whoever calls one waits for its move, and not for the end of the silo. Thread-safe.
/// </summary>
internal sealed partial class LocalShards(IGrainFactory grains, IClusterNode node, ILogger<LocalShards> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How long the silo waits for them; what has not moved by then is left to those who have its copies.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<int, Func<Task<bool>>> _shards = new();

    /// <summary>Held by a shard that leaves for another silo while this one goes on: one at a time does.</summary>
    public SemaphoreSlim Leaving { get; } = new(1);

    /// <summary>A shard lives here.</summary>
    /// <param name="shard">Its index.</param>
    /// <param name="leave">Makes it leave, on any thread; false: it stays.</param>
    public void Add(int shard, Func<Task<bool>> leave) => _shards[shard] = leave;

    /// <summary>A shard does not live here any more.</summary>
    public void Remove(int shard, Func<Task<bool>> leave) => _shards.TryRemove(KeyValuePair.Create(shard, leave));

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LocalShards), ServiceLifecycleStage.Active, static _ => Task.CompletedTask, StopAsync);

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || _shards.IsEmpty)
        {
            return;
        }

        try
        {
            await Task.WhenAll(_shards.ToArray().Select(s => LeaveAsync(s.Key, s.Value, cancellationToken))).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
        {
            LogNotAll(e.Message);
        }
    }

    private async Task LeaveAsync(int shard, Func<Task<bool>> leave, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        if (!await leave().ConfigureAwait(false))
        {
            return;
        }

        // Its last turn here, and then its first answer from elsewhere: until then it needs this silo. Nobody tells of either.
        while (_shards.ContainsKey(shard) && Stopwatch.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        PartyStatus status = await grains.GetGrain<IGcsShardGrain>(shard).Start().ConfigureAwait(false);
        LogLeft(shard, status.NodeId == node.NodeId ? "stays until the end" : $"lives on node {status.NodeId} now", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    [LoggerMessage(1147, LogLevel.Information, "This silo stops: shard {Shard} {What}, after {Milliseconds:0} ms.")]
    private partial void LogLeft(int shard, string what, double milliseconds);

    [LoggerMessage(1148, LogLevel.Warning, "This silo stops, and not all of its shards have moved before: {Text}")]
    private partial void LogNotAll(string text);
}
