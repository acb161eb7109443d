using System.Net;
using Microsoft.Extensions.Options;

namespace RayOrleans.Grains;

/// <summary>Refuses options that cannot be meant, each with its name.</summary>
internal sealed class RayClusterOptionsValidator : IValidateOptions<RayClusterOptions>
{
    public ValidateOptionsResult Validate(string? name, RayClusterOptions options)
    {
        List<string> wrong = [];
        Require(wrong, !string.IsNullOrWhiteSpace(options.ClusterId), nameof(options.ClusterId), options.ClusterId, "not be empty");
        Require(wrong, !string.IsNullOrWhiteSpace(options.ServiceId), nameof(options.ServiceId), options.ServiceId, "not be empty");
        IPAddress? address = IPAddress.TryParse(options.AdvertisedAddress, out IPAddress? parsed) && !parsed.Equals(IPAddress.Any) && !parsed.Equals(IPAddress.IPv6Any) ? parsed : null;
        Require(
            wrong,
            address is not null,
            nameof(options.AdvertisedAddress),
            options.AdvertisedAddress,
            "be an IP address that others can reach this silo by");
        CheckListening(wrong, options, address);
        Require(wrong, options.ShardCount is >= 1 and <= 1024, nameof(options.ShardCount), options.ShardCount, "be from 1 to 1024");
        Require(wrong, options.SchedulerCount is >= 1 and <= 1024, nameof(options.SchedulerCount), options.SchedulerCount, "be from 1 to 1024");
        Require(wrong, options.ProbeTimeout >= TimeSpan.FromMilliseconds(100), nameof(options.ProbeTimeout), options.ProbeTimeout, "be at least 100 ms");
        Require(wrong, options.JoinTimeout > TimeSpan.Zero, nameof(options.JoinTimeout), options.JoinTimeout, "be positive");
        Require(wrong, options.MissedProbes >= 1, nameof(options.MissedProbes), options.MissedProbes, "be at least 1");
        Require(wrong, options.Votes >= 1, nameof(options.Votes), options.Votes, "be at least 1");
        Require(wrong, options.Join is null || RayAddress.TryParse(options.Join, out _), nameof(options.Join), options.Join, "read ray://host:port");
        Require(wrong, options.Gcs is null || GcsBackEnd.TryParse(options.Gcs, out _), nameof(options.Gcs), options.Gcs, "be memory, file:FOLDER, postgres, azure or azure:CONTAINER");
        Require(
            wrong,
            options.Provider != ClusterProvider.AdoNet || !string.IsNullOrWhiteSpace(options.ConnectionString),
            nameof(options.ConnectionString),
            options.ConnectionString,
            $"name the database of {nameof(ClusterProvider.AdoNet)}");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void CheckListening(List<string> wrong, RayClusterOptions options, IPAddress? advertised)
    {
        IPAddress? listening = advertised;
        Require(wrong, options.ListenAddress is null || IPAddress.TryParse(options.ListenAddress, out listening), nameof(options.ListenAddress), options.ListenAddress, "be an IP address of this machine");
        Require(wrong, IsPort(options.SiloPort), nameof(options.SiloPort), options.SiloPort, "be a port, or 0 for a free one");
        Require(wrong, IsPort(options.GatewayPort), nameof(options.GatewayPort), options.GatewayPort, "be a port, or 0 for a free one");
        Require(wrong, IsPort(options.DataPort), nameof(options.DataPort), options.DataPort, "be a port, or 0 for a free one");
        Require(wrong, IsPort(options.SiloListenPort), nameof(options.SiloListenPort), options.SiloListenPort, "be a port, or 0 for SiloPort");
        Require(wrong, IsPort(options.GatewayListenPort), nameof(options.GatewayListenPort), options.GatewayListenPort, "be a port, or 0 for GatewayPort");
        Require(wrong, IsPort(options.DataListenPort), nameof(options.DataListenPort), options.DataListenPort, "be a port, or 0 for DataPort");
        Require(wrong, options.SiloPort == 0 || options.SiloPort != options.GatewayPort, nameof(options.GatewayPort), options.GatewayPort, "differ from SiloPort");
        Require(
            wrong,
            options.DataPort == 0 || (options.DataPort != options.SiloPort && options.DataPort != options.GatewayPort),
            nameof(options.DataPort),
            options.DataPort,
            "differ from SiloPort and GatewayPort");
        Require(
            wrong,
            listening is null || IPAddress.IsLoopback(listening) || !string.IsNullOrEmpty(options.Secret),
            nameof(options.Secret),
            options.Secret,
            $"be set, the same on all silos, because this one listens on {listening}, where strangers could pull objects");
    }

    private static bool IsPort(int port) => port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort;

    private static void Require(List<string> wrong, bool holds, string option, object? value, string must)
    {
        if (!holds)
        {
            wrong.Add($"{RayClusterOptions.ConfigurationSection}:{option} is \"{value}\"; it must {must}.");
        }
    }
}
