using RayOrleans.Grains;
using RayOrleans.Runtime.Cluster.Gcs.Followers;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>
/// Records of tasks into a shard of the GCS, 1,000 on the way, by back end; memory with its copy in this process, the call to another silo left out. The line of PostgreSQL is there when the environment names a database
/// (RayOrleans__Cluster__GcsConnectionString, or else RayOrleans__Cluster__ConnectionString); what it writes there is a service of its own.
/// </summary>
internal static class GcsLines
{
    /// <summary>About what the records of one group take.</summary>
    private const int GroupBytes = GcsLoad.InFlight * 110;

    /// <summary>The database to measure; null: there is none.</summary>
    public static string? Database { get; } = Variable(nameof(RayClusterOptions.GcsConnectionString)) ?? Variable(nameof(RayClusterOptions.ConnectionString));

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        Line("memory", static () => new GcsLoad(new FollowedShardStorageProvider(new LocalPeer(), new ShardCopies(), TimeProvider.System)), new(LimitKind.Put)) with { FromLimit = static (figure, _) => figure },
        Line("file", static () => OfFolder(), new(LimitKind.GroupWrite, GroupBytes)),
        .. Database is null ? [] : (BenchmarkLine[])[Line("postgres", static () => OfDatabase(Database!), new(LimitKind.GroupInsert, GroupBytes))],
    ];

    private static BenchmarkLine Line(string backEnd, Func<GcsLoad> open, LimitKey limit) => new($"gcs task records, 1,000 in flight [{backEnd}]", Units.Records, RuntimeProfile.HandOff)
    {
        Open = context =>
        {
            GcsLoad load = open();
            return new RateRun(context.Scale, load.Round, GcsLoad.InFlight, load.Dispose);
        },
        Limit = _ => limit,
        FromLimit = static (groups, _) => groups * GcsLoad.InFlight,
    };

    private static GcsLoad OfFolder()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rayorleans-gcs-benchmark-");
        return new GcsLoad(FileGcsStore.Instance.Open(new GcsPlace(GcsBackEnd.OfFolder(folder.FullName), "benchmark", null, AppliesSchema: true)), cleanUp: () => folder.Delete(recursive: true));
    }

    private static GcsLoad OfDatabase(string connectionString)
    {
        GcsPlace place = new(GcsBackEnd.Postgres, $"benchmark-{Environment.ProcessId}-{Guid.NewGuid():N}", connectionString, AppliesSchema: true);
        PostgresGcsStore.Instance.AgreeAsync(place, 1, CancellationToken.None).GetAwaiter().GetResult();
        return new GcsLoad(PostgresGcsStore.Instance.Open(place), cleanUp: () => PostgresGcsStore.ForgetAsync(place, CancellationToken.None).GetAwaiter().GetResult());
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable($"RayOrleans__Cluster__{name}") is { Length: > 0 } value ? value : null;

    /// <summary>Another silo that is none: what it keeps lies in this process.</summary>
    private sealed class LocalPeer : IShardPeers
    {
        private readonly ShardCopies _copies = new();

        public Task Ready => Task.CompletedTask;

        public IReadOnlyList<NodeId> Others(int shard) => [new NodeId(1)];

        public ValueTask<byte[]> CallAsync(NodeId peer, byte[] request) => new(_copies.Answer(request));
    }
}
