using System.Globalization;

namespace RayOrleans.Grains;

/// <summary>How a program's own silo joins the cluster: by its options, else by the environment, where only what concerns a driver is looked at.</summary>
internal static class DriverClusterOptions
{
    /// <param name="options">The program's options.</param>
    /// <param name="environment">The value of an environment variable; null: it is not set.</param>
    /// <exception cref="ArgumentException">A variable's value is not of its kind; the message names it.</exception>
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
        if (Variable(nameof(RayClusterOptions.JoinTimeout)) is { } timeout)
        {
            cluster.JoinTimeout = TimeSpan.TryParse(timeout, CultureInfo.InvariantCulture, out TimeSpan parsed) && parsed > TimeSpan.Zero
                ? parsed
                : throw new ArgumentException($"{Name(nameof(RayClusterOptions.JoinTimeout))} is '{timeout}', which is no time above zero. Write it as hours:minutes:seconds, 00:00:30 say.");
        }

        cluster.AdvertisedAddress = options.AdvertisedAddress ?? Variable(nameof(RayClusterOptions.AdvertisedAddress)) ?? cluster.AdvertisedAddress;
        return cluster;

        string? Variable(string name) => environment(Name(name)) is { Length: > 0 } value ? value : null;

        static string Name(string name) => $"{RayClusterOptions.ConfigurationSection.Replace(":", "__", StringComparison.Ordinal)}__{name}";
    }
}
