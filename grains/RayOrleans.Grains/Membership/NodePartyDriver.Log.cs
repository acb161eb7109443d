using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains;

/// <content>Logging.</content>
internal sealed partial class NodePartyDriver
{
    [LoggerMessage(1111, LogLevel.Error, "The node has failed to work through {What}.")]
    private partial void LogFailed(Exception exception, string what);
}
