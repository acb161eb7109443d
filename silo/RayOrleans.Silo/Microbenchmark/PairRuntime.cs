using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RayOrleans.Grains;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>
/// Two nodes in two processes: the second silo, and a node in this process that joins it as <c>Ray.InitAsync("ray://…")</c> would, with its
/// silo in reach so that bare grain calls can be measured between the same two. Both run this program, so no code travels.
/// </summary>
internal sealed class PairRuntime : IDisposable
{
    /// <summary>Room for the object of the pull, the one before it, and some.</summary>
    public const long StoreBytes = 3_000_000_000;

    private readonly SecondNode _second;
    private readonly IHost _host;

    private PairRuntime(SecondNode second, IHost host)
    {
        _second = second;
        _host = host;
        Ray = host.Services.GetRequiredService<IRay>();
        MemberDirectory members = host.Services.GetRequiredService<MemberDirectory>();
        MemberEntry other = members.Living.Single(member => member.NodeId != Ray.Context.NodeId);
        Other = other.NodeId;
        Scheduler = host.Services.GetRequiredService<IGrainFactory>().GetLocalScheduler(other.Silo);
    }

    /// <summary>The runtime of the node in this process.</summary>
    public IRay Ray { get; }

    /// <summary>The node in the other process.</summary>
    public NodeId Other { get; }

    /// <summary>A grain in the other process, whose <c>Ping</c> does nothing.</summary>
    public ILocalSchedulerGrain Scheduler { get; }

    /// <summary>Starts both and waits until each knows the other.</summary>
    public static PairRuntime Start(RayOptions options)
    {
        SecondNode second = SecondNode.Start(StoreBytes);
        try
        {
            options.Address = second.Address;
            options.ObjectStoreBytes = StoreBytes;
            return new PairRuntime(second, Join(options));
        }
        catch
        {
            second.Dispose();
            throw;
        }
    }

    /// <summary>Leaves, and ends the other process.</summary>
    public void Dispose()
    {
        try
        {
            _host.StopAsync().GetAwaiter().GetResult();
            _host.Dispose();
        }
        finally
        {
            _second.Dispose();
        }
    }

    private static IHost Join(RayOptions options)
    {
        RayClusterOptions cluster = new() { Join = options.Address, HostsControl = false, Name = $"benchmark-{Environment.ProcessId}" };
        (IHost host, _) = RayClusterStart.StartAsync(cluster, onDeath: null, plan => Build(options, plan), CancellationToken.None).GetAwaiter().GetResult();
        host.Services.GetRequiredService<MemberDirectory>().Ready.WaitAsync(cluster.JoinTimeout).GetAwaiter().GetResult();
        return host;
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
