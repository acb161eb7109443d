using Npgsql;
using RayOrleans.Processes.Tests.Harness;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Tests.Cluster.Gcs;

namespace RayOrleans.Grains.Tests.Gcs;

/// <summary>One server for all tests of the class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer _server = null!;

    public string ConnectionString => _server.ConnectionString;

    /// <summary>What lies between the journals and the server.</summary>
    internal CuttableProxy Proxy { get; private set; } = null!;

    /// <summary>The pool of all journals: opening one costs nothing then.</summary>
    public NpgsqlDataSource Source { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        Proxy = new CuttableProxy(_server.Port);
        NpgsqlConnectionStringBuilder proxied = new(PostgresShardStorageProvider.Pooled(ConnectionString)) { Port = Proxy.Port };
        Source = NpgsqlDataSource.Create(proxied.ConnectionString);
        await using ClusterDatabase database = new(ConnectionString);
        await database.ApplyAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Source.DisposeAsync();
        await Proxy.DisposeAsync();
        await _server.DisposeAsync();
    }
}

public sealed class PostgresShardJournalTests(PostgresFixture fixture) : ShardJournalKit, IClassFixture<PostgresFixture>
{
    private const int Shard = 3;

    private static int _services;
    private string _service = "";
    private TimeSpan _firstPause = TimeSpan.FromMilliseconds(2);

    protected override int Histories => 10;

    private PostgresJournalOptions Options => new() { ConnectionString = fixture.ConnectionString, ServiceId = _service, FirstPause = _firstPause };

    [Fact]
    public async Task Append_WhoseConnectionsAreCut_IsKeptOnce()
    {
        Clear();
        _firstPause = TimeSpan.FromMilliseconds(20);
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        using CancellationTokenSource end = new();
        Task cutting = Task.Run(() => CutAsync(end.Token));
        for (int i = 0; i < 200; i++)
        {
            await journal.AppendAsync(epoch, [BitConverter.GetBytes(i)]);
        }

        await end.CancelAsync();
        await cutting;
        Assert.Equal(Enumerable.Range(0, 200), await ReadIntegersAsync());
    }

    [Fact]
    public async Task Append_ThatMeetsALaterTurn_IsRefusedForGood()
    {
        Clear();
        IShardJournal early = Open();
        long epoch = await early.RaiseEpochAsync(0, default);
        await early.AppendAsync(epoch, [BitConverter.GetBytes(1)]);

        // Another object for the same epoch takes the next turn; the first one finds that out and takes another.
        IShardJournal late = Open();
        await late.AppendAsync(epoch, [BitConverter.GetBytes(2)]);
        await early.AppendAsync(epoch, [BitConverter.GetBytes(3)]);
        Assert.Equal([1, 2, 3], await ReadIntegersAsync());
    }

    [Fact]
    public async Task Block_ThatIsMissing_IsNotPassedOver()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        for (int i = 0; i < 3; i++)
        {
            await journal.AppendAsync(epoch, [BitConverter.GetBytes(i)]);
        }

        await ExecuteAsync("delete from rayorleans_shard_block b using rayorleans_shard s where s.id = b.shard_id and service_id = $1 and number = 2", _service);
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(ReadIntegersAsync);
        Assert.Contains("is lost", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_ThatIsDamaged_IsFound()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [BitConverter.GetBytes(1)]);
        await ExecuteAsync("update rayorleans_shard_block b set records = set_byte(records, 20, 77) from rayorleans_shard s where s.id = b.shard_id and service_id = $1", _service);
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(ReadIntegersAsync);
        Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_ThatStaysAway_IsAnErrorThatEveryoneKnows()
    {
        using PostgresShardStorageProvider provider = new(new PostgresJournalOptions
        {
            ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody;Password=hidden",
            ServiceId = "s",
            MaxAttempts = 2,
            FirstPause = TimeSpan.FromMilliseconds(1),
        });
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await provider.Open(0).RaiseEpochAsync(0, default));
        Assert.Contains("failed after 2 attempts", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", e.ToString(), StringComparison.Ordinal);
    }

    private protected override IShardJournal Open() => new PostgresShardJournal(Options, fixture.Source, Shard);

    private protected override void Clear() => _service = $"service-{Interlocked.Increment(ref _services)}";

    private protected override async Task AppendUnheardAsync(IShardJournal journal, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        fixture.Proxy.LoseNextAnswer();
        try
        {
            await journal.AppendAsync(epoch, records);
        }
        finally
        {
            fixture.Proxy.Cut();
        }
    }

    /// <summary>Ends the connections that append, again and again.</summary>
    private async Task CutAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", "RayOrleans shards");

            // The fault's rate: without a pause no append would ever get through, and nothing be tested.
            await Task.Delay(TimeSpan.FromMilliseconds(15), CancellationToken.None);
        }
    }

    private async Task ExecuteAsync(string text, string value)
    {
        await using NpgsqlConnection connection = new(fixture.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(text, connection) { Parameters = { new() { Value = value } } };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<IReadOnlyList<int>> ReadIntegersAsync()
    {
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        List<int> read = [];
        await foreach (ReadOnlyMemory<byte> record in journal.ReadAsync(epoch))
        {
            read.Add(BitConverter.ToInt32(record.Span));
        }

        return read;
    }
}
