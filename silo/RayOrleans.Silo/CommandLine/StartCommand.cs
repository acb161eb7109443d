using System.CommandLine;
using System.Globalization;
using RayOrleans.Grains;
using RayOrleans.Silo.Hosting;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>start</c>: a node of a cluster, until it is told to stop.</summary>
internal static class StartCommand
{
    /// <summary>The command with its options. What is not given comes from appsettings.json and the environment.</summary>
    public static Command Create()
    {
        Option<string?> join = new("--join") { Description = "The address of any node of the cluster to join, ray://host:port; without it the node is the first of a new cluster." };
        Option<double?> cpus = Amount("--cpus", "CPUs that tasks may use; default: the processors of this machine.");
        Option<double?> gpus = Amount("--gpus", "GPUs that tasks may use; default: none.");
        Option<long?> memory = Whole("--memory", "Memory that tasks can reserve, in bytes; default: what this process may use.", 1, long.MaxValue);
        Option<string[]> resources = new("--resource") { Description = "Another resource, name=amount. May be given several times." };
        Option<string[]> labels = new("--label") { Description = "A label of the node, name=value. May be given several times." };
        Option<string?> address = new("--address") { Description = "The IP address that others reach the node by; default: loopback." };
        Option<string?> listen = new("--listen-address") { Description = "The IP address to listen on where that is another one, as behind NAT or in a container; 0.0.0.0: all of the machine's." };
        Option<long?> port = Whole("--port", "The port that other nodes reach this one by; default: a free one.", 0, ushort.MaxValue);
        Option<long?> listenPort = Whole("--listen-port", "The port to listen on for other nodes, where --port is passed on to it; default: the same.", 0, ushort.MaxValue);
        Option<long?> gatewayPort = Whole("--gateway-port", "The port of the node's ray:// address; default: a free one.", 0, ushort.MaxValue);
        Option<long?> gatewayListenPort = Whole("--gateway-listen-port", "The port to listen on for that, where --gateway-port is passed on to it; default: the same.", 0, ushort.MaxValue);
        Option<long?> dataPort = Whole("--data-port", "The port that other nodes pull large objects from; default: a free one.", 0, ushort.MaxValue);
        Option<long?> dataListenPort = Whole("--data-listen-port", "The port to listen on for pulls, where --data-port is passed on to it; default: the same.", 0, ushort.MaxValue);
        Option<string?> name = new("--name") { Description = "The node's name for people." };
        Option<long?> store = Whole("--object-store-memory", "Size of the object store, in bytes; default: a share of the memory this process may use.", 1, long.MaxValue);
        Option<double?> threshold = Amount("--memory-usage-threshold", "The share of this machine's memory, or of the container's, above which a worker process is stopped; default: 0.95. At 1 none is.");
        Option<string?> gcs = new("--gcs")
        {
            Description = "Where the shards of the GCS are kept: memory; file:FOLDER on this machine; postgres or azure:CONTAINER, by RayOrleans__Cluster__GcsConnectionString (environment). Default: postgres with --provider AdoNet, "
                + "else for a cluster on loopback files that are deleted with it. A node that joins takes what the cluster has.",
        };
        Option<bool> keeps = new("--keep-finished-tasks") { Description = "Finished tasks stay in the memory of this node's shards, needed or not: to show what that comes to." };
        Option<ClusterProvider?> provider = new("--provider")
        {
            Description = "Where the cluster keeps who is in it: Development, in its first node, which must stay; AdoNet, in the PostgreSQL database of RayOrleans__Cluster__ConnectionString (environment) or RayOrleans:Cluster:ConnectionString (appsettings.json), where nodes find each other without --join.",
        };
        Option<string?> tlsCertificate = new("--tls-certificate") { Description = "The node's certificate, a PEM or PKCS #12 file: with it every port is encrypted, and others need certificates of the same authority. The password of the key comes from --tls-password-file or RayOrleans__Cluster__Tls__Password (environment)." };
        Option<string?> tlsKey = new("--tls-key") { Description = "The certificate's private key, a PEM file; default: it is in --tls-certificate." };
        Option<string?> tlsPassword = new("--tls-password-file") { Description = "A file with the password of the key, where it has one." };
        Option<string?> tlsCa = new("--tls-ca") { Description = "The certificate of the authority that all nodes and drivers have theirs from, a PEM file." };
        Option<string?> tlsName = new("--tls-server-name") { Description = "The name that certificates of nodes must be for; default: any, the authority is what counts." };
        Option<string?> cluster = new("--cluster-id") { Description = "The cluster's id in that database; default: rayorleans." };
        Option<string?> service = new("--service-id") { Description = "Whose shards they are where they are kept: with the same id they are found again after a stop; clusters that share a place need ids of their own. Default: rayorleans. A node that joins takes what the cluster has." };
        Option<bool> untilInputEnds = new("--until-input-ends") { Description = "Stops when standard input ends: whoever started it is gone.", Hidden = true };

        Command command = new("start", "Starts a node: the first of a new cluster, or one more of a running one. Runs until Ctrl-C or SIGTERM.")
        {
            join, cpus, gpus, memory, resources, labels, address, listen, port, listenPort, gatewayPort, gatewayListenPort, dataPort, dataListenPort, name, store, threshold, gcs, keeps, provider, cluster, service,
            tlsCertificate, tlsKey, tlsPassword, tlsCa, tlsName, untilInputEnds,
        };
        command.SetAction((parsed, cancellationToken) => SiloProcess.RunAsync(
            new StartSettings
            {
                Join = parsed.GetValue(join),
                Cpus = parsed.GetValue(cpus),
                Gpus = parsed.GetValue(gpus),
                MemoryBytes = parsed.GetValue(memory),
                Resources = PairOption.Amounts(parsed.GetValue(resources) ?? []),
                Labels = PairOption.Texts(parsed.GetValue(labels) ?? []),
                Address = parsed.GetValue(address),
                ListenAddress = parsed.GetValue(listen),
                Port = (int?)parsed.GetValue(port),
                ListenPort = (int?)parsed.GetValue(listenPort),
                GatewayPort = (int?)parsed.GetValue(gatewayPort),
                GatewayListenPort = (int?)parsed.GetValue(gatewayListenPort),
                DataPort = (int?)parsed.GetValue(dataPort),
                DataListenPort = (int?)parsed.GetValue(dataListenPort),
                Name = parsed.GetValue(name),
                Gcs = parsed.GetValue(gcs),
                KeepsFinishedTasks = parsed.GetValue(keeps),
                UntilInputEnds = parsed.GetValue(untilInputEnds),
                Provider = parsed.GetValue(provider),
                ClusterId = parsed.GetValue(cluster),
                ServiceId = parsed.GetValue(service),
                TlsCertificate = parsed.GetValue(tlsCertificate),
                TlsKey = parsed.GetValue(tlsKey),
                TlsPasswordFile = parsed.GetValue(tlsPassword),
                TlsCa = parsed.GetValue(tlsCa),
                TlsServerName = parsed.GetValue(tlsName),
                ObjectStoreBytes = parsed.GetValue(store),
                MemoryUsageThreshold = parsed.GetValue(threshold),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        PairOption.Check(resources, value => double.TryParse(value, CultureInfo.InvariantCulture, out double amount) && amount > 0, "a positive amount, as in --resource tpu=2");
        PairOption.Check(labels, _ => true, "a value, as in --label zone=a");
        return command;
    }

    private static Option<double?> Amount(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out double value) && value >= 0)
            {
                return value;
            }

            result.AddError($"{name} must be a number, 0 or more.");
            return null;
        },
    };

    private static Option<long?> Whole(string name, string description, long least, long most) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && long.TryParse(token.Value, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most)
            {
                return value;
            }

            result.AddError($"{name} must be a whole number from {least} to {most}.");
            return null;
        },
    };
}
