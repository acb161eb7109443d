using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains;

/// <content>Logging.</content>
internal sealed partial class SiloFatalErrorHandler
{
    [LoggerMessage(1131, LogLevel.Critical, "The silo of node {NodeId} leaves the cluster for good: {Why}. {Context}")]
    private partial void LogFatal(Exception? exception, NodeId nodeId, string why, string? context);

    [LoggerMessage(1132, LogLevel.Warning, "The silo could not be taken down in order.")]
    private partial void LogStopFailed(Exception exception);
}
