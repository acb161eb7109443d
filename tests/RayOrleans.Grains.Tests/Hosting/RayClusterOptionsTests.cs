using Microsoft.Extensions.Options;

namespace RayOrleans.Grains.Tests.Hosting;

public sealed class RayClusterOptionsTests
{
    [Fact]
    public async Task Plan_OfTheDefaults_IsTheFirstSiloOnFreePorts()
    {
        RayClusterPlan plan = await RayClusterPlan.MakeAsync(new RayClusterOptions(), onDeath: null, CancellationToken.None);

        Assert.True(plan.Settings.IsPrimary);
        Assert.Equal(plan.Silo, plan.Settings.Primary);
        Assert.NotEqual(plan.Silo.Port, plan.GatewayPort);
        Assert.Equal(plan.GatewayPort, plan.Settings.Address!.Port);
    }

    [Fact]
    public async Task Plan_ForASiloBehindARouter_ListensElsewhereThanItIsReached()
    {
        RayClusterOptions options = new()
        {
            AdvertisedAddress = "203.0.113.7",
            ListenAddress = "0.0.0.0",
            SiloPort = 5001,
            SiloListenPort = 6001,
            GatewayPort = 5002,
            GatewayListenPort = 6002,
            DataPort = 5003,
            DataListenPort = 6003,
            Secret = "only we know",
        };

        RayClusterPlan plan = await RayClusterPlan.MakeAsync(options, onDeath: null, CancellationToken.None);

        Assert.Equal("203.0.113.7:5001", plan.Silo.ToString());
        Assert.Equal("0.0.0.0:6001", plan.SiloListening.ToString());
        Assert.Equal("ray://203.0.113.7:5002", plan.Settings.Address!.ToString());
        Assert.Equal("0.0.0.0:6002", plan.GatewayListening.ToString());
        Assert.Equal("203.0.113.7:5003", plan.Settings.Data.Advertised.ToString());
        Assert.Equal("0.0.0.0:6003", plan.Settings.Data.Listening.ToString());
        Assert.Equal("only we know"u8.ToArray(), plan.Settings.Data.Secret.ToArray());
    }

    [Fact]
    public async Task Port_ThatOnlyOneSideIsGivenFor_IsTheOtherSidesToo()
    {
        RayClusterPlan plan = await RayClusterPlan.MakeAsync(new RayClusterOptions { SiloPort = 5001, GatewayListenPort = 6002 }, onDeath: null, CancellationToken.None);

        Assert.Equal(5001, plan.SiloListening.Port);
        Assert.Equal(6002, plan.GatewayPort);
    }

    [Fact]
    public async Task Join_WhereNoNodeIs_SaysSo()
    {
        RayClusterOptions options = new() { Join = "ray://127.0.0.1:1", JoinTimeout = TimeSpan.FromMilliseconds(300) };

        RayClusterUnreachableException error = await Assert.ThrowsAsync<RayClusterUnreachableException>(
            () => RayClusterPlan.MakeAsync(options, onDeath: null, CancellationToken.None));

        Assert.Contains("ray://127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(RayClusterOptions.AdvertisedAddress))]
    [InlineData(nameof(RayClusterOptions.SiloPort))]
    [InlineData(nameof(RayClusterOptions.GatewayPort))]
    [InlineData(nameof(RayClusterOptions.ListenAddress))]
    [InlineData(nameof(RayClusterOptions.SiloListenPort))]
    [InlineData(nameof(RayClusterOptions.DataPort))]
    [InlineData(nameof(RayClusterOptions.Secret))]
    [InlineData(nameof(RayClusterOptions.ShardCount))]
    [InlineData(nameof(RayClusterOptions.Join))]
    [InlineData(nameof(RayClusterOptions.ProbeTimeout))]
    [InlineData(nameof(RayClusterOptions.Gcs))]
    [InlineData(nameof(RayClusterOptions.ConnectionString))]
    public async Task Option_ThatCannotBeMeant_IsNamed(string option)
    {
        RayClusterOptions options = new();
        switch (option)
        {
            case nameof(options.AdvertisedAddress): options.AdvertisedAddress = "0.0.0.0"; break;
            case nameof(options.SiloPort): options.SiloPort = 70_000; break;
            case nameof(options.GatewayPort): options.SiloPort = options.GatewayPort = 5000; break;
            case nameof(options.ListenAddress): options.ListenAddress = "nowhere"; break;
            case nameof(options.SiloListenPort): options.SiloListenPort = -1; break;
            case nameof(options.DataPort): options.DataPort = options.SiloPort = 5000; break;
            case nameof(options.Secret): options.ListenAddress = "0.0.0.0"; break;
            case nameof(options.ShardCount): options.ShardCount = 0; break;
            case nameof(options.Join): options.Join = "nowhere"; break;
            case nameof(options.Gcs): options.Gcs = "file:"; break;
            case nameof(options.ProbeTimeout): options.ProbeTimeout = TimeSpan.Zero; break;
            default: options.Provider = ClusterProvider.AdoNet; break;
        }

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => RayClusterPlan.MakeAsync(options, onDeath: null, CancellationToken.None));

        Assert.Contains(option, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "127.0.0.1", ClusterProvider.Development, "file:")]
    [InlineData(null, "10.1.2.3", ClusterProvider.Development, "memory")]
    [InlineData(null, "127.0.0.1", ClusterProvider.AdoNet, "postgres")]
    [InlineData("memory", "127.0.0.1", ClusterProvider.AdoNet, "memory")]
    [InlineData("azure", "127.0.0.1", ClusterProvider.Development, "azure:rayorleans")]
    [InlineData("azure:my-cluster", "127.0.0.1", ClusterProvider.Development, "azure:my-cluster")]
    public void BackEnd_IsWhatWasAskedFor_OrWhatSuitsTheProvider(string? gcs, string address, ClusterProvider provider, string expected)
    {
        GcsBackEnd chosen = RayClusterPlan.Made(new RayClusterOptions { Gcs = gcs, Provider = provider }, new System.Net.IPEndPoint(System.Net.IPAddress.Parse(address), 1234));

        Assert.StartsWith(expected, chosen.ToString(), StringComparison.Ordinal);
        Assert.True(GcsBackEnd.TryParse(chosen.ToString(), out GcsBackEnd? again));
        Assert.Equal(chosen, again);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("azure")]
    public async Task BackEnd_WhoseSecretIsMissing_SaysWhereItGoes(string gcs)
    {
        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(
            () => RayClusterPlan.MakeAsync(new RayClusterOptions { Gcs = gcs }, onDeath: null, CancellationToken.None));

        Assert.Contains("RayOrleans__Cluster__GcsConnectionString", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_ThatHasState_KeepsItsShards()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rayorleans-shards-");
        try
        {
            RayClusterPlan first = await RayClusterPlan.MakeAsync(new RayClusterOptions { Gcs = $"file:{folder.FullName}", ShardCount = 3 }, onDeath: null, CancellationToken.None);
            RayClusterPlan second = await RayClusterPlan.MakeAsync(new RayClusterOptions { Gcs = $"file:{folder.FullName}", ShardCount = 5 }, onDeath: null, CancellationToken.None);
            Assert.Equal((3, 3), (first.Settings.ShardCount, second.Settings.ShardCount));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
