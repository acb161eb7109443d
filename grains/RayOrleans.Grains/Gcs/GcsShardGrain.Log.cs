using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <content>Logging.</content>
internal sealed partial class GcsShardGrain
{
    [LoggerMessage(1141, LogLevel.Information, "Shard {Shard} lives on node {NodeId} with epoch {Epoch}.")]
    private partial void LogActivated(int shard, long epoch, NodeId nodeId);

    [LoggerMessage(1142, LogLevel.Information, "Shard {Shard} with epoch {Epoch} leaves: {Reason}.")]
    private partial void LogDeactivated(int shard, long epoch, string reason);

    [LoggerMessage(1144, LogLevel.Information, "Shard {Shard} with epoch {Epoch} belongs on silo {Silo} now, and moves there.")]
    private partial void LogMoves(int shard, long epoch, SiloAddress silo);

    [LoggerMessage(1145, LogLevel.Warning, "Shard {Shard} with epoch {Epoch} cannot leave yet ({Why}): {Text}")]
    private partial void LogNotLeft(int shard, long epoch, string why, string text);

    [LoggerMessage(1143, LogLevel.Debug, "Silo {Silo} was not told that shard {Shard} had epoch {Epoch}: {Text}")]
    private partial void LogNotNoted(int shard, long epoch, SiloAddress silo, string text);
}
