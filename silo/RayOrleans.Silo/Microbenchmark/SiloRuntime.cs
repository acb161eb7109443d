using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Grains;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>A silo of one node in this process, on ports of its own, as a user's host would have it.</summary>
internal sealed class SiloRuntime : IDisposable
{
    private readonly IHost _host;

    private SiloRuntime(IHost host)
    {
        _host = host;
        Ray = host.Services.GetRequiredService<IRay>();
        Scheduler = host.Services.GetRequiredService<IGrainFactory>()
            .GetLocalScheduler(host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);
    }

    /// <summary>The node's runtime.</summary>
    public IRay Ray { get; }

    /// <summary>The node as the cluster sees it.</summary>
    public ILocalSchedulerGrain Scheduler { get; }

    /// <summary>Starts one and waits until it serves.</summary>
    public static SiloRuntime Start()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddRayOrleansNode();
        (int silo, int gateway) = FreePorts();
        builder.UseOrleans(s => s.UseLocalhostClustering(silo, gateway).AddRayOrleans());
        IHost host = builder.Build();
        host.StartAsync().GetAwaiter().GetResult();
        return new SiloRuntime(host);
    }

    /// <summary>Stops it.</summary>
    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0);
        using TcpListener other = new(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }
}
