using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

namespace RayOrleans.Grains;

/// <summary>
/// Starts the host of a silo. Ports that were left open are found before Orleans listens on them, so another process may take one in between: then the silo is
/// started again on others.
/// </summary>
internal static class RayClusterStart
{
    /// <summary>How many times a silo is started before the caller is told that a port is in use.</summary>
    public const int MaxAttempts = 5;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes a plan, a host for it, and starts that.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="onDeath">Called once when the silo is declared dead or has failed, with the reason.</param>
    /// <param name="build">Makes the host; again for every attempt.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option cannot be meant.</exception>
    /// <exception cref="RayClusterUnreachableException">The cluster to join does not answer.</exception>
    public static async Task<(IHost Host, RayClusterPlan Plan)> StartAsync(
        RayClusterOptions options, Action<string>? onDeath, Func<RayClusterPlan, IHost> build, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            RayClusterPlan plan = await RayClusterPlan.MakeAsync(options, onDeath, cancellationToken).ConfigureAwait(false);
            IHost host = build(plan);
            try
            {
                await host.StartAsync(cancellationToken).ConfigureAwait(false);
                return (host, plan);
            }
            catch (Exception e) when (attempt < MaxAttempts && (options.SiloPort == 0 || options.GatewayPort == 0) && IsAddressInUse(e))
            {
                await EndAsync(host).ConfigureAwait(false);
            }
            catch
            {
                await EndAsync(host).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Whether a port was taken, wherever in the exception that is said.</summary>
    internal static bool IsAddressInUse(Exception? exception) => exception switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or AddressInUseException => true,
        AggregateException several => several.InnerExceptions.Any(IsAddressInUse),
        _ => IsAddressInUse(exception.InnerException),
    };

    /// <summary>What has started of it is stopped, the node above all.</summary>
    private static async Task EndAsync(IHost host)
    {
        using CancellationTokenSource limit = new(StopTimeout);
        try
        {
            await host.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AggregateException or InvalidOperationException or OperationCanceledException)
        {
            // A silo that has not come up cannot be stopped in order, and says so; why it has not is what matters.
        }
        finally
        {
            host.Dispose();
        }
    }
}
