using System.Text;
using Microsoft.Extensions.Options;

namespace RayOrleans.Grains.Tests.Hosting;

public sealed class DriverClusterOptionsTests
{
    private static readonly RayOptions Plain = new() { Address = "ray://203.0.113.1:30000" };

    [Fact]
    public void Options_WithoutAnything_AreThoseOfThisMachine()
    {
        RayClusterOptions cluster = DriverClusterOptions.Of(Plain, static _ => null);

        Assert.Equal(("ray://203.0.113.1:30000", "127.0.0.1", null, null, false), (cluster.Join, cluster.AdvertisedAddress, cluster.ListenAddress, cluster.Secret, cluster.HostsControl));
    }

    [Fact]
    public void Options_OfTheEnvironment_AreTaken_AndNoPorts()
    {
        Dictionary<string, string> environment = new()
        {
            ["RayOrleans__Cluster__AdvertisedAddress"] = "203.0.113.9",
            ["RayOrleans__Cluster__ListenAddress"] = "0.0.0.0",
            ["RayOrleans__Cluster__Secret"] = "only we know",
            ["RayOrleans__Cluster__SiloPort"] = "11111",
        };

        RayClusterOptions cluster = DriverClusterOptions.Of(Plain, environment.GetValueOrDefault);

        Assert.Equal(("203.0.113.9", "0.0.0.0", "only we know", 0), (cluster.AdvertisedAddress, cluster.ListenAddress, cluster.Secret, cluster.SiloPort));
    }

    [Fact]
    public void JoinTimeout_OfTheEnvironment_IsTaken_AndOneThatIsNoneIsNamed()
    {
        const string Name = "RayOrleans__Cluster__JoinTimeout";
        Assert.Equal(TimeSpan.FromSeconds(30), DriverClusterOptions.Of(Plain, static _ => null).JoinTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), DriverClusterOptions.Of(Plain, static name => name == Name ? "00:02:00" : null).JoinTimeout);
        foreach (string wrong in (string[])["soon", "00:00:00", "-00:00:01"])
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => DriverClusterOptions.Of(Plain, name => name == Name ? wrong : null));
            Assert.Contains($"{Name} is '{wrong}'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_OfTheProgram_ComeBeforeTheEnvironment()
    {
        RayOptions options = new() { Address = Plain.Address, AdvertisedAddress = "203.0.113.9", ListenAddress = "203.0.113.10", ClusterSecret = "mine" };

        RayClusterOptions cluster = DriverClusterOptions.Of(options, static name => name.EndsWith("Timeout", StringComparison.Ordinal) ? null : "203.0.113.99");

        Assert.Equal(("203.0.113.9", "203.0.113.10", "mine"), (cluster.AdvertisedAddress, cluster.ListenAddress, cluster.Secret));
    }

    [Fact]
    public async Task Plan_OfADriverOnAnotherMachine_ListensThereAndKnowsTheSecret()
    {
        RayOptions options = new() { AdvertisedAddress = "203.0.113.9", ListenAddress = "0.0.0.0", ClusterSecret = "only we know" };

        RayClusterPlan plan = await RayClusterPlan.MakeAsync(DriverClusterOptions.Of(options, static _ => null), onDeath: null, CancellationToken.None);

        Assert.Equal("203.0.113.9", plan.Silo.Address.ToString());
        Assert.Equal("0.0.0.0", plan.SiloListening.Address.ToString());
        Assert.Equal("only we know", Encoding.UTF8.GetString(plan.Settings.Data.Secret.Span));
        Assert.False(plan.Settings.HostsControl);
    }

    [Fact]
    public async Task Plan_OfADriverThatStrangersReach_NeedsASecret()
    {
        RayOptions options = new() { AdvertisedAddress = "203.0.113.9" };

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => RayClusterPlan.MakeAsync(DriverClusterOptions.Of(options, static _ => null), onDeath: null, CancellationToken.None));

        Assert.Contains(nameof(RayClusterOptions.Secret), error.Message, StringComparison.Ordinal);
    }
}
