using Microsoft.Extensions.Logging;

namespace RayOrleans;

/// <content>Logging.</content>
internal sealed partial class HostedNode
{
    [LoggerMessage(1001, LogLevel.Information, "Node {NodeId} has started with {Resources}.")]
    private partial void LogStarted(NodeId nodeId, string resources);

    [LoggerMessage(1002, LogLevel.Warning, "Node {NodeId}: {Text}")]
    private partial void LogWarning(NodeId nodeId, string text);
}
