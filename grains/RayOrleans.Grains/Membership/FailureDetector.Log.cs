using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <content>Logging.</content>
internal sealed partial class FailureDetector
{
    [LoggerMessage(1121, LogLevel.Warning, "The process of silo {Silo} has ended: no heartbeat for {Silent} ms, and its port refuses connections. It is reported dead.")]
    private partial void LogProcessGone(SiloAddress silo, double silent);

    [LoggerMessage(1122, LogLevel.Debug, "Silo {Silo} has not answered a heartbeat: {Text}")]
    private partial void LogNoBeat(SiloAddress silo, string text);

    [LoggerMessage(1123, LogLevel.Warning, "Silo {Silo} could not be reported dead.")]
    private partial void LogReportFailed(Exception exception, SiloAddress silo);

    [LoggerMessage(1124, LogLevel.Warning, "A look at the other silos has failed.")]
    private partial void LogStepFailed(Exception exception);
}
