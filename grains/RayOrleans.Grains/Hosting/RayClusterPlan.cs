using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs.Files;
using RayOrleans.Transfer;

namespace RayOrleans.Grains;

/// <summary>The options with what they leave open decided: free ports found, the cluster asked how to join it.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Settings">What comes of it.</param>
/// <param name="Silo">The silo's own end point, as others reach it.</param>
/// <param name="GatewayPort">The gateway's port, as others reach it.</param>
internal sealed record RayClusterPlan(RayClusterOptions Options, RayClusterSettings Settings, IPEndPoint Silo, int GatewayPort)
{
    /// <summary>Where the silo listens.</summary>
    public required IPEndPoint SiloListening { get; init; }

    /// <summary>Where the gateway listens.</summary>
    public required IPEndPoint GatewayListening { get; init; }

    /// <exception cref="OptionsValidationException">An option cannot be meant.</exception>
    /// <exception cref="RayClusterUnreachableException">The cluster to join does not answer.</exception>
    /// <exception cref="ClusterDatabaseException">The database of the membership or the shards cannot be reached, or refuses.</exception>
    /// <exception cref="GcsStoreException">The place of the shards cannot be reached, or refuses.</exception>
    /// <exception cref="NotSupportedException">What the cluster has cannot be had here; the message says why.</exception>
    public static async Task<RayClusterPlan> MakeAsync(RayClusterOptions options, Action<string>? onDeath, CancellationToken cancellationToken)
    {
        if (new RayClusterOptionsValidator().Validate(null, options) is { Failed: true } bad)
        {
            throw new OptionsValidationException(RayClusterOptions.ConfigurationSection, typeof(RayClusterOptions), bad.Failures);
        }

        PeerTls? tls = TlsOf(options);
        IPAddress address = IPAddress.Parse(options.AdvertisedAddress);
        IPAddress listening = options.ListenAddress is null ? address : IPAddress.Parse(options.ListenAddress);
        int[] free = FreePorts.Find(listening, 2);
        (int siloPort, int siloListening) = Ports(options.SiloPort, options.SiloListenPort, free[0]);
        (int gateway, int gatewayListening) = Ports(options.GatewayPort, options.GatewayListenPort, free[1]);
        IPEndPoint silo = new(address, siloPort);
        JoinInfo? join = null;
        if (options.Join is { } text && RayAddress.TryParse(text, out RayAddress? seed))
        {
            join = await JoinClient.AskAsync(seed, options.JoinTimeout, tls, cancellationToken).ConfigureAwait(false);
        }

        IPEndPoint? primary = join is null ? silo : join.Primary is null ? null : IPEndPoint.Parse(join.Primary);
        ClusterProvider provider = join?.Provider ?? options.Provider;
        GcsBackEnd gcs = join is not null ? Joined(options, join) : Made(options, silo);
        ClusterAgreement agreed = new(
            join?.ServiceId ?? options.ServiceId, join?.ShardCount ?? options.ShardCount, join?.SchedulerCount ?? options.SchedulerCount, gcs.ToString());
        string? database = provider == ClusterProvider.AdoNet ? DatabaseOf(options) : null;
        if (database is not null && join is null)
        {
            agreed = await AgreeAsync(database, options, agreed, cancellationToken).ConfigureAwait(false);
            gcs = GcsBackEnd.TryParse(agreed.Gcs, out GcsBackEnd? stored) ? stored : gcs;
        }

        bool isOwn = join is null && options.Gcs is null && gcs.Folder is not null;
        string? gcsConnection = options.HostsControl ? GcsConnectionOf(options, gcs, database) : null;
        if (join is null && options.HostsControl && !isOwn && GcsStores.Of(gcs.Kind) is { } store)
        {
            GcsPlace place = new(gcs, agreed.ServiceId, gcsConnection, options.AppliesSchema);
            agreed = agreed with { ShardCount = await store.AgreeAsync(place, agreed.ShardCount, cancellationToken).ConfigureAwait(false) };
        }

        return new RayClusterPlan(
            options,
            new RayClusterSettings
            {
                ClusterId = join?.ClusterId ?? options.ClusterId,
                ServiceId = agreed.ServiceId,
                ShardCount = agreed.ShardCount,
                SchedulerCount = agreed.SchedulerCount,
                HostsControl = options.HostsControl,
                FlushesLineage = options.FlushesLineage,
                TakesDrivers = options.TakesDrivers,
                Provider = provider,
                ConnectionString = database,
                Primary = provider == ClusterProvider.Development ? primary : null,
                IsPrimary = provider == ClusterProvider.Development && silo.Equals(primary),
                Gcs = gcs,
                GcsConnectionString = gcsConnection,
                OwnsGcsFolder = isOwn,
                Address = new RayAddress(options.AdvertisedAddress, gateway),
                Data = DataOf(options, address, listening) with { Tls = tls },
                OnDeath = onDeath,
            },
            silo,
            gateway)
        {
            SiloListening = new IPEndPoint(listening, siloListening),
            GatewayListening = new IPEndPoint(listening, gatewayListening),
        };
    }

    internal static GcsBackEnd Made(RayClusterOptions options, IPEndPoint silo) =>
        options.Gcs is { } text && GcsBackEnd.TryParse(text, out GcsBackEnd? chosen) ? chosen
        : options.Provider == ClusterProvider.Development && IPAddress.IsLoopback(silo.Address) ? GcsBackEnd.OfPrimary(silo)
        : options.Provider == ClusterProvider.AdoNet ? GcsBackEnd.Postgres
        : GcsBackEnd.Memory;

    /// <summary>The secret without which the shards' place cannot be opened; null where none is needed.</summary>
    private static string? GcsConnectionOf(RayClusterOptions options, GcsBackEnd gcs, string? database)
    {
        const string Variable = $"RayOrleans__Cluster__{nameof(RayClusterOptions.GcsConnectionString)}";
        string? own = Given(options.GcsConnectionString) ?? Given(Environment.GetEnvironmentVariable(Variable));
        return gcs.Kind switch
        {
            GcsBackEndKind.Postgres => own ?? database ?? Given(options.ConnectionString),
            GcsBackEndKind.Azure => own,
            _ => "",
        } ?? throw new NotSupportedException(
            $"The cluster keeps its shards in {gcs}, and nodes do not tell each other secrets: set {RayClusterOptions.ConfigurationSection}:{nameof(options.GcsConnectionString)} (in the environment {Variable}) here.");
    }

    /// <summary>A variable that is set to nothing is not set.</summary>
    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static string DatabaseOf(RayClusterOptions options) =>
        Given(options.ConnectionString) ?? Given(Environment.GetEnvironmentVariable(ClusterDatabase.Variable)) ?? throw new NotSupportedException(
            $"The cluster keeps its membership in a database, and nodes do not tell each other secrets: set {RayClusterOptions.ConfigurationSection}:{nameof(options.ConnectionString)} (in the environment {ClusterDatabase.Variable}) here as well.");

    private static async Task<ClusterAgreement> AgreeAsync(string connectionString, RayClusterOptions options, ClusterAgreement proposed, CancellationToken cancellationToken)
    {
        await using ClusterDatabase database = new(connectionString);
        if (options.AppliesSchema)
        {
            await database.ApplyAsync(cancellationToken).ConfigureAwait(false);
        }

        return await database.AgreeAsync(options.ClusterId, proposed, cancellationToken).ConfigureAwait(false);
    }

    private static PeerTls? TlsOf(RayClusterOptions options)
    {
        try
        {
            return PeerTls.Load(options.Tls, $"{RayClusterOptions.ConfigurationSection}:{nameof(options.Tls)}:", isNode: true);
        }
        catch (ArgumentException e)
        {
            throw new OptionsValidationException(RayClusterOptions.ConfigurationSection, typeof(RayClusterOptions), [e.Message]);
        }
    }

    /// <summary>The port that others use and the one to listen on: one that was not given is the other one, or a free one.</summary>
    private static (int Advertised, int Listening) Ports(int advertised, int listening, int free)
    {
        int port = advertised != 0 ? advertised : listening != 0 ? listening : free;
        return (port, listening == 0 ? port : listening);
    }

    private static DataPortPlace DataOf(RayClusterOptions options, IPAddress address, IPAddress listening)
    {
        (int port, int listeningPort) = Ports(options.DataPort, options.DataListenPort, 0);
        return new DataPortPlace(new IPEndPoint(listening, listeningPort), new IPEndPoint(address, port), Encoding.UTF8.GetBytes(options.Secret ?? ""));
    }

    private static GcsBackEnd Joined(RayClusterOptions options, JoinInfo join)
    {
        GcsBackEnd gcs = join.Gcs is { } kept && GcsBackEnd.TryParse(kept, out GcsBackEnd? told) ? told : join.GcsFolder is { } folder ? GcsBackEnd.OfFolder(folder) : GcsBackEnd.Memory;
        if (options.Gcs is { } text && GcsBackEnd.TryParse(text, out GcsBackEnd? asked) && asked != gcs)
        {
            throw new NotSupportedException(
                $"{RayClusterOptions.ConfigurationSection}:{nameof(options.Gcs)} is {asked}, but the cluster to join has {gcs}. Leave it out: whoever joins takes what the cluster has.");
        }

        // A silo that takes no shards never opens the folder.
        return gcs.Folder is null || !options.HostsControl || join.GcsMachine == JournalFolder.ThisMachine() ? gcs : throw new NotSupportedException(
            $"The cluster to join keeps its shards in files of machine '{join.GcsMachine}', and this is '{JournalFolder.ThisMachine()}'. Start its first node with --gcs memory ({RayClusterOptions.ConfigurationSection}:{nameof(options.Gcs)}) for nodes on several machines.");
    }
}
