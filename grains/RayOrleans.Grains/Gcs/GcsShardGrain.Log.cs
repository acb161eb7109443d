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

    [LoggerMessage(1145, LogLevel.Warning, "Shard {Shard} with epoch {Epoch} has not read yet what an earlier activation has left, so it stays until it has ({Why}): {Text}")]
    private partial void LogNotLeft(int shard, long epoch, string why, string text);

    [LoggerMessage(1146, LogLevel.Warning, "Shard {Shard} with epoch {Epoch} leaves without its state ({Why}); what follows it begins with what its storage has: {Text}")]
    private partial void LogLeftNothing(int shard, long epoch, string why, string text);

    [LoggerMessage(1140, LogLevel.Warning, "Shard {Shard} with epoch {Epoch} has ended, and another activation begins with what its storage has: {Text}")]
    private partial void LogEnded(int shard, long epoch, string text);

    [LoggerMessage(1143, LogLevel.Debug, "Silo {Silo} was not told that shard {Shard} had epoch {Epoch}: {Text}")]
    private partial void LogNotNoted(int shard, long epoch, SiloAddress silo, string text);
}
