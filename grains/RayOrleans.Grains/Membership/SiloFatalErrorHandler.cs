using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// In place of Orleans' own, which ends the process: the silo may live in somebody's program. The node stops, what waits on it fails, the
/// silo is taken down without ceremony, and the host decides about the process by <see cref="RayClusterSettings.OnDeath"/>.
/// </summary>
internal sealed partial class SiloFatalErrorHandler(
    IServiceProvider services, IClusterNode node, RayClusterSettings settings, ILogger<SiloFatalErrorHandler> logger) : IFatalErrorHandler
{
    private int _handled;

    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _handled, 1) != 0)
        {
            return;
        }

        // Orleans says everything else with an exception, or not at all.
        string why = exception is null
            ? "its cluster has declared it dead, because it had not answered for too long or was reported"
            : $"its silo has failed ({context}: {exception.Message})";
        LogFatal(exception, node.NodeId, why, context);
        node.Die(why);
        settings.OnDeath?.Invoke(why);

        // Not on this thread: it is one of those that the silo waits for when it stops.
        _ = Task.Run(StopSiloAsync);
    }

    private async Task StopSiloAsync()
    {
        try
        {
            await services.GetRequiredService<Orleans.Runtime.Silo>().StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogStopFailed(e);
        }
    }
}
