using Microsoft.Extensions.Logging;

namespace RayOrleans;

/// <content>Logging.</content>
internal sealed partial class HostedNode
{
    [LoggerMessage(1001, LogLevel.Information, "Node {NodeId} has started with {Resources}.")]
    private partial void LogStarted(NodeId nodeId, string resources);

    [LoggerMessage(1002, LogLevel.Warning, "Node {NodeId}: {Text}")]
    private partial void LogWarning(NodeId nodeId, string text);

    [LoggerMessage(1003, LogLevel.Error, "Node {NodeId} stops: {Why}. What waits on it fails; the process goes on.")]
    private partial void LogDied(NodeId nodeId, string why);
}
