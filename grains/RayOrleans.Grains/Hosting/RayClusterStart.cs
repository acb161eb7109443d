using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RayOrleans.Grains;

/// <summary>
/// Starts the host of a silo, until it knows all members. Ports that were left open are found before Orleans listens on them, so another process may take one in between: then the silo is
/// started again on others. So is one that its cluster has declared dead while it joined, on a machine so busy that it did not answer: it is another silo then, and has lost nothing.
/// </summary>
internal static class RayClusterStart
{
    /// <summary>How many times a silo is started before the caller is told why it does not come up.</summary>
    public const int MaxAttempts = 5;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes a plan, a host for it, starts that, and waits until the members have said who they are.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="onDeath">Called once when the silo that was returned is declared dead or has failed, with the reason.</param>
    /// <param name="build">Makes the host; again for every attempt.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option cannot be meant.</exception>
    /// <exception cref="RayClusterUnreachableException">The cluster to join does not answer, some of its members do not, or it has declared every silo dead that was started.</exception>
    public static async Task<(IHost Host, RayClusterPlan Plan)> StartAsync(
        RayClusterOptions options, Action<string>? onDeath, Func<RayClusterPlan, IHost> build, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            SiloLife life = new(onDeath);
            RayClusterPlan plan = await RayClusterPlan.MakeAsync(options, life.End, cancellationToken).ConfigureAwait(false);
            IHost host = build(plan);
            try
            {
                await life.UnlessItEndsAsync(token => StartAsync(host, options.JoinTimeout, token), cancellationToken).ConfigureAwait(false);
                return (host, plan);
            }
            catch (Exception e)
            {
                await EndAsync(host).ConfigureAwait(false);
                bool isWorthAnother = e is SiloEndedException || ((options.SiloPort == 0 || options.GatewayPort == 0) && IsAddressInUse(e));
                if (isWorthAnother && attempt < MaxAttempts)
                {
                    continue;
                }

                if (e is SiloEndedException)
                {
                    throw new RayClusterUnreachableException($"{MaxAttempts} silos were started, one after the other, and none came up; of the last one: {e.Message}.", e);
                }

                throw;
            }
        }
    }

    private static async Task StartAsync(IHost host, TimeSpan joinTimeout, CancellationToken cancellationToken)
    {
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        await host.Services.GetRequiredService<MemberDirectory>().WhenReadyAsync(joinTimeout, cancellationToken).ConfigureAwait(false);
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
