using RayOrleans.Grains;
using RayOrleans.Silo.Jobs;

namespace RayOrleans.Silo.Hosting;

/// <summary>What the command line said about the node to start; null: what the configuration says, or the default.</summary>
internal sealed record StartSettings
{
    public string? Join { get; init; }

    public double? Cpus { get; init; }

    public double? Gpus { get; init; }

    public long? MemoryBytes { get; init; }

    public IReadOnlyDictionary<string, double> Resources { get; init; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string? Address { get; init; }

    public string? ListenAddress { get; init; }

    public int? Port { get; init; }

    public int? ListenPort { get; init; }

    public int? GatewayPort { get; init; }

    public int? GatewayListenPort { get; init; }

    public int? DataPort { get; init; }

    public int? DataListenPort { get; init; }

    public string? Name { get; init; }

    public string? Gcs { get; init; }

    public long? ObjectStoreBytes { get; init; }

    public double? MemoryUsageThreshold { get; init; }

    public bool KeepsFinishedTasks { get; init; }

    /// <summary>The node stops when standard input ends.</summary>
    public bool UntilInputEnds { get; init; }

    public ClusterProvider? Provider { get; init; }

    public string? ClusterId { get; init; }

    public string? ServiceId { get; init; }

    public string? TlsCertificate { get; init; }

    public string? TlsKey { get; init; }

    public string? TlsPasswordFile { get; init; }

    public string? TlsCa { get; init; }

    public string? TlsServerName { get; init; }

    public void ApplyTo(RayOptions options)
    {
        options.CpusPerNode = Cpus ?? options.CpusPerNode;
        options.GpusPerNode = Gpus ?? options.GpusPerNode;
        options.MemoryPerNode = MemoryBytes ?? options.MemoryPerNode;
        options.ObjectStoreBytes = ObjectStoreBytes ?? options.ObjectStoreBytes;
        options.MemoryUsageThreshold = MemoryUsageThreshold ?? options.MemoryUsageThreshold;
        options.Labels[JobClient.Label] = "true";
        foreach ((string name, double amount) in Resources)
        {
            options.Resources[name] = amount;
        }

        foreach ((string name, string value) in Labels)
        {
            options.Labels[name] = value;
        }
    }

    public void ApplyTo(RayClusterOptions options)
    {
        options.Join = Join ?? options.Join;
        options.Name = Name ?? options.Name;
        options.Gcs = Gcs ?? options.Gcs;
        options.FlushesLineage &= !KeepsFinishedTasks;
        options.Provider = Provider ?? options.Provider;
        options.ClusterId = ClusterId ?? options.ClusterId;
        options.ServiceId = ServiceId ?? options.ServiceId;
        options.AdvertisedAddress = Address ?? options.AdvertisedAddress;
        options.ListenAddress = ListenAddress ?? options.ListenAddress;
        options.SiloPort = Port ?? options.SiloPort;
        options.SiloListenPort = ListenPort ?? options.SiloListenPort;
        options.GatewayPort = GatewayPort ?? options.GatewayPort;
        options.GatewayListenPort = GatewayListenPort ?? options.GatewayListenPort;
        options.DataPort = DataPort ?? options.DataPort;
        options.DataListenPort = DataListenPort ?? options.DataListenPort;
        options.Tls.CertificateFile = TlsCertificate ?? options.Tls.CertificateFile;
        options.Tls.KeyFile = TlsKey ?? options.Tls.KeyFile;
        options.Tls.PasswordFile = TlsPasswordFile ?? options.Tls.PasswordFile;
        options.Tls.CaFile = TlsCa ?? options.Tls.CaFile;
        options.Tls.ServerName = TlsServerName ?? options.Tls.ServerName;
    }
}
