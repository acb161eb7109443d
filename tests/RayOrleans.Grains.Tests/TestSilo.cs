using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains.Tests;

/// <summary>A real silo with a node in this process, on ports of its own.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSilo(IHost host)
    {
        _host = host;
        Ray = host.Services.GetRequiredService<IRay>();
        Grains = host.Services.GetRequiredService<IGrainFactory>();
        Address = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
    }

    public IRay Ray { get; }

    public IGrainFactory Grains { get; }

    public SiloAddress Address { get; }

    public ILocalSchedulerGrain Scheduler => Grains.GetLocalScheduler(Address);

    /// <summary>Starts one.</summary>
    /// <param name="configure">What it has instead of its own.</param>
    /// <param name="first">The silo whose cluster it joins; null: it makes one.</param>
    public static async Task<TestSilo> StartAsync(Action<IServiceCollection>? configure = null, TestSilo? first = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddRayOrleansNode(o => o.ObjectStoreBytes = 64 << 20);
        configure?.Invoke(builder.Services);
        (int silo, int gateway) = FreePorts();
        builder.UseOrleans(s => s.UseLocalhostClustering(silo, gateway, first?.Address.Endpoint).AddRayOrleans());
        IHost host = builder.Build();
        await host.StartAsync();
        return new TestSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
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
