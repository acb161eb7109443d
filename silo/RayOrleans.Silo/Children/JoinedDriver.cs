using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RayOrleans.Grains;
using RayOrleans.Runtime;

namespace RayOrleans.Silo.Children;

/// <summary>
/// A node in this process that joins a cluster as <c>Ray.InitAsync("ray://…")</c> would, with its silo in reach: for bare grain calls, and for asking
/// the other nodes what they hold.
/// </summary>
internal sealed class JoinedDriver : IAsyncDisposable
{
    private readonly IHost _host;

    private JoinedDriver(IHost host)
    {
        _host = host;
        Ray = host.Services.GetRequiredService<IRay>();
        Node = host.Services.GetRequiredService<ILocalNode>();
        Members = host.Services.GetRequiredService<MemberDirectory>();
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    public IRay Ray { get; }

    public ILocalNode Node { get; }

    /// <summary>Its parts.</summary>
    public NodeServices Services => ((HostedNode)Node).Node.Services;

    public MemberDirectory Members { get; }

    public IGrainFactory Grains { get; }

    /// <summary>Joins, and waits until the members are known.</summary>
    /// <param name="name">For people.</param>
    /// <param name="options">The node's; its address is that of the cluster.</param>
    /// <param name="configure">Changes how its silo is set up.</param>
    public static async Task<JoinedDriver> StartAsync(string name, RayOptions options, Action<RayClusterOptions>? configure = null)
    {
        RayClusterOptions cluster = new() { Join = options.Address, HostsControl = false, Name = $"{name}-{Environment.ProcessId}" };
        configure?.Invoke(cluster);
        (IHost host, _) = await RayClusterStart.StartAsync(cluster, onDeath: null, plan => Build(options, plan), CancellationToken.None).ConfigureAwait(false);
        return new JoinedDriver(host);
    }

    /// <summary>Leaves.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
    }

    private static IHost Build(RayOptions options, RayClusterPlan plan)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddRayOrleansNode();
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        builder.UseOrleans(silo => silo.ConfigureRayCluster(plan));
        return builder.Build();
    }
}
