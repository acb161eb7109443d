using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using RayOrleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>What <c>Ray.InitAsync("ray://…")</c> starts: a node in the driver's process, as a silo of that cluster.</summary>
internal static class EmbeddedSilo
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "Ray.InitAsync finds its implementation by loading this assembly.")]
    internal static void Register() => ClusterJoin.Starter ??= StartAsync;

    private static async Task<IRay> StartAsync(RayOptions options, CancellationToken cancellationToken)
    {
        if (options.Nodes > 1)
        {
            throw new NotSupportedException($"Nodes is {options.Nodes}, but a program joins a running cluster with one node. Use 1.");
        }

        RayClusterOptions cluster = DriverClusterOptions.Of(options, Environment.GetEnvironmentVariable);
        (IHost host, _) = await RayClusterStart.StartAsync(cluster, onDeath: null, plan => Build(options, plan), cancellationToken).ConfigureAwait(false);
        try
        {
            LocalNode node = host.Services.GetRequiredService<HostedNode>().Node;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(cluster.JoinTimeout);

            // The program may ask for the nodes right away, and send tasks to them.
            await node.Services.Cluster!.KnowsAsync([.. host.Services.GetRequiredService<MemberDirectory>().Living.Select(m => m.NodeId)], limit.Token).ConfigureAwait(false);
            node.AnnounceDriver();
            node.AfterStop = () => StopAsync(host);
            return node.Driver;
        }
        catch
        {
            await StopAsync(host).ConfigureAwait(false);
            throw;
        }
    }

    private static IHost Build(RayOptions options, RayClusterPlan plan)
    {
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.AddRayOrleansNode();
        builder.Services.AddSingleton(Options.Create(options));
        builder.UseOrleans(silo => silo.ConfigureRayCluster(plan));
        return builder.Build();
    }

    private static async ValueTask StopAsync(IHost host)
    {
        using CancellationTokenSource limit = new(StopTimeout);
        try
        {
            await host.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // A silo that cannot reach its cluster any more has nobody to take leave of.
        }
        finally
        {
            host.Dispose();
        }
    }
}
