namespace RayOrleans.Grains;

/// <summary>How a program's own silo joins the cluster: by its options, else by the environment, where only what concerns a driver is looked at.</summary>
internal static class DriverClusterOptions
{
    /// <param name="options">The program's options.</param>
    /// <param name="environment">The value of an environment variable; null: it is not set.</param>
    public static RayClusterOptions Of(RayOptions options, Func<string, string?> environment)
    {
        RayClusterOptions cluster = new()
        {
            Join = options.Address,

            // A driver's program ends when it likes, so nothing that the cluster needs lives in it.
            HostsControl = false,
            TakesDrivers = false,
            Name = $"driver-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}",
            ListenAddress = options.ListenAddress ?? Variable(nameof(RayClusterOptions.ListenAddress)),
            Secret = options.ClusterSecret ?? Variable(nameof(RayClusterOptions.Secret)),
            Tls = RayTlsOptions.Of(options.Tls, environment),
            ConnectionString = Variable(nameof(RayClusterOptions.ConnectionString)),
        };
        cluster.AdvertisedAddress = options.AdvertisedAddress ?? Variable(nameof(RayClusterOptions.AdvertisedAddress)) ?? cluster.AdvertisedAddress;
        return cluster;

        string? Variable(string name) => environment($"{RayClusterOptions.ConfigurationSection.Replace(":", "__", StringComparison.Ordinal)}__{name}") is { Length: > 0 } value ? value : null;
    }
}
