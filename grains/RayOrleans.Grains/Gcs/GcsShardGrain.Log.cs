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

    [LoggerMessage(1143, LogLevel.Debug, "Silo {Silo} was not told that shard {Shard} had epoch {Epoch}: {Text}")]
    private partial void LogNotNoted(int shard, long epoch, SiloAddress silo, string text);
}
