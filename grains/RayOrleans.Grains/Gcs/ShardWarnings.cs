using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Grains;

/// <summary>
/// Says what is wrong with the storage of this silo's shards. What fails is tried again several times a second, so the same is said again only after a while. Thread-safe.
/// </summary>
internal sealed partial class ShardWarnings(RayClusterSettings settings, TimeProvider time, ILogger<ShardWarnings> logger)
{
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, (Type Type, long At)> _said = new();

    /// <summary>A shard could not keep something, or could not read what it had kept.</summary>
    public void OnFailed(int shard, Exception error)
    {
        if (error is StaleEpochException)
        {
            // Nothing is wrong with the storage: it does what it is there for.
            LogReplaced(shard, error.Message);
        }
        else if (IsNews(shard, error))
        {
            LogFailed(shard, settings.Gcs.ToString(), $"{error.GetType().Name}: {error.Message}");
        }
    }

    /// <summary>An activation has not got an epoch from its storage.</summary>
    public void OnNotBegun(int shard, Exception error)
    {
        if (IsNews(shard, error))
        {
            LogNotBegun(shard, settings.Gcs.ToString(), $"{error.GetType().Name}: {error.Message}");
        }
    }

    private bool IsNews(int shard, Exception error)
    {
        long now = time.GetTimestamp();
        (Type Type, long At) said = _said.GetValueOrDefault(shard);
        if (said.Type == error.GetType() && time.GetElapsedTime(said.At, now) < Apart)
        {
            return false;
        }

        _said[shard] = (error.GetType(), now);
        return true;
    }

    [LoggerMessage(1152, LogLevel.Warning, "Shard {Shard} of the GCS has trouble with its storage ({Where}): {Text} What it has acknowledged is kept; what waits for it is tried again until that works. See whether the storage is there, has room, takes this process's writes, and was not written by another version of RayOrleans.")]
    private partial void LogFailed(int shard, string where, string text);

    [LoggerMessage(1154, LogLevel.Warning, "Shard {Shard} of the GCS cannot begin on this silo, because its storage ({Where}) or one of the silos that keep a copy does not answer: {Text} Every call to it tries again. See whether the storage and the other silos can be reached from here.")]
    private partial void LogNotBegun(int shard, string where, string text);

    [LoggerMessage(1153, LogLevel.Information, "Shard {Shard} of the GCS has another activation: {Text}")]
    private partial void LogReplaced(int shard, string text);
}
