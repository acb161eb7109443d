using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains.Tests.Hosting;

public sealed class RayClusterStartTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Port_ThatIsTakenBeforeTheSiloListens_IsReplacedByAnother(bool isSiloPort)
    {
        List<TcpListener> takers = [];
        (IHost host, RayClusterPlan plan) = await RayClusterStart.StartAsync(
            new RayClusterOptions(),
            onDeath: null,
            plan =>
            {
                if (takers.Count == 0)
                {
                    takers.Add(new TcpListener(plan.Silo.Address, isSiloPort ? plan.Silo.Port : plan.GatewayPort));
                    takers[0].Start();
                }

                return Build(plan);
            },
            CancellationToken.None);

        using (host)
        {
            Assert.NotEqual(((System.Net.IPEndPoint)takers[0].LocalEndpoint).Port, isSiloPort ? plan.Silo.Port : plan.GatewayPort);
            Assert.Equal(plan.Silo, host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint);
            await host.StopAsync();
        }

        takers[0].Dispose();
    }

    [Fact]
    public async Task Port_ThatWasAskedFor_IsNotReplaced()
    {
        using TcpListener taker = new(System.Net.IPAddress.Loopback, 0);
        taker.Start();
        int port = ((System.Net.IPEndPoint)taker.LocalEndpoint).Port;
        RayClusterOptions options = new() { SiloPort = port, GatewayPort = port == 65_000 ? 65_001 : 65_000 };

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => RayClusterStart.StartAsync(options, onDeath: null, Build, CancellationToken.None));

        Assert.True(RayClusterStart.IsAddressInUse(error), error.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silo_ThatEndsBeforeItIsUp_IsStartedAgainAsAnother_AndOneThatIsUpIsItsOwners(bool hasPortsOfItsOwn)
    {
        List<RayClusterPlan> plans = [];
        List<string> deaths = [];
        int[] ports = hasPortsOfItsOwn ? FreePorts.Find(System.Net.IPAddress.Loopback, 2) : [0, 0];
        (IHost host, RayClusterPlan plan) = await RayClusterStart.StartAsync(
            new RayClusterOptions { SiloPort = ports[0], GatewayPort = ports[1] },
            deaths.Add,
            plan =>
            {
                plans.Add(plan);
                IHost built = Build(plan);
                if (plans.Count == 1)
                {
                    // As a silo that joins: its ports are open, it is not running, and Orleans waits on.
                    built.Services.GetRequiredService<ISiloLifecycle>().Subscribe(
                        "death", ServiceLifecycleStage.AfterRuntimeGrainServices, token =>
                        {
                            plan.Settings.OnDeath!("declared dead while it joined");
                            return Task.Delay(Timeout.Infinite, token);
                        });
                }

                return built;
            },
            CancellationToken.None);

        using (host)
        {
            Assert.Equal(2, plans.Count);
            Assert.Same(plans[1], plan);
            Assert.Empty(deaths);
            plans[0].Settings.OnDeath!("said again, of a silo that nobody has");
            Assert.Empty(deaths);
            plan.Settings.OnDeath!("declared dead");
            Assert.Equal(["declared dead"], deaths);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task Silo_ThatEndsInItsStartAgainAndAgain_IsGivenUpWithTheReason()
    {
        int started = 0;
        RayClusterUnreachableException error = await Assert.ThrowsAsync<RayClusterUnreachableException>(() => RayClusterStart.StartAsync(
            new RayClusterOptions(),
            _ => Assert.Fail("Nobody has this silo."),
            plan =>
            {
                plan.Settings.OnDeath!($"declared dead, number {++started}");
                return Build(plan);
            },
            CancellationToken.None));

        Assert.Equal(RayClusterStart.MaxAttempts, started);
        Assert.Contains("declared dead, number 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddressInUse_IsFoundWhereverItIs()
    {
        Assert.True(RayClusterStart.IsAddressInUse(new InvalidOperationException("no start", new AggregateException(new TimeoutException(), new AddressInUseException("taken")))));
        Assert.True(RayClusterStart.IsAddressInUse(new SocketException((int)SocketError.AddressAlreadyInUse)));
        Assert.False(RayClusterStart.IsAddressInUse(new SocketException((int)SocketError.ConnectionRefused)));
        Assert.False(RayClusterStart.IsAddressInUse(new InvalidOperationException("no start")));
    }

    private static IHost Build(RayClusterPlan plan)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddRayOrleansNode(o => o.ObjectStoreBytes = 64 << 20);
        builder.UseOrleans(s => s.ConfigureRayCluster(plan));
        return builder.Build();
    }
}
