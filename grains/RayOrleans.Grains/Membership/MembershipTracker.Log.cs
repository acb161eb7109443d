using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <content>Logging.</content>
internal sealed partial class MembershipTracker
{
    [LoggerMessage(1101, LogLevel.Information, "Member {Name} ({Silo}) is there: node {NodeId}.")]
    private partial void LogHere(string name, SiloAddress silo, NodeId nodeId);

    [LoggerMessage(1102, LogLevel.Warning, "Member {Name} ({Silo}) is gone: node {NodeId}.")]
    private partial void LogGone(string name, SiloAddress silo, NodeId nodeId);

    [LoggerMessage(1103, LogLevel.Error, "Silo {Name} ({Silo}) is not taken as a member: it says it is node {NodeId} with protocol {Protocol}.")]
    private partial void LogStranger(string name, SiloAddress silo, NodeId nodeId, int protocol);

    [LoggerMessage(1104, LogLevel.Debug, "Silo {Name} ({Silo}) has not said hello yet: {Text}")]
    private partial void LogNoAnswer(string name, SiloAddress silo, string text);
}
