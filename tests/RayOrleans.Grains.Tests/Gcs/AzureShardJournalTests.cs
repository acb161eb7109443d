using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using RayOrleans.Grains.Azure;
using RayOrleans.Processes.Tests.Harness;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Tests.Cluster.Gcs;

namespace RayOrleans.Grains.Tests.Gcs;

/// <summary>One server for all tests of the class.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer _server = null!;

    public string ConnectionString => _server.ConnectionString;

    public async Task InitializeAsync()
    {
        _server = await AzuriteServer.StartAsync();
        Assert.Equal(8, await new AzureGcsStore().AgreeAsync(Place, 8, CancellationToken.None));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    internal GcsPlace Place => new(new GcsBackEnd(GcsBackEndKind.Azure, "tests"), "agreed", ConnectionString, AppliesSchema: true);
}

public sealed class AzureShardJournalTests(AzuriteFixture fixture) : ShardJournalKit, IClassFixture<AzuriteFixture>
{
    private static int _services;
    private readonly LossyPolicy _lossy = new();
    private string _service = "";
    private int _maxBlocks = 45_000;

    protected override int Histories => 5;

    [Fact]
    public async Task Shards_ThatAreKept_StayAsManyAsTheyWere()
    {
        Assert.Equal(8, await new AzureGcsStore().AgreeAsync(fixture.Place, 5, CancellationToken.None));
    }

    [Fact]
    public async Task Append_WhoseAnswersAreLost_IsKeptOnce()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        for (int i = 0; i < 30; i++)
        {
            // The service has done it, and the caller's library asks again.
            _lossy.LoseNext = i % 3 == 0;
            await journal.AppendAsync(epoch, [BitConverter.GetBytes(i)]);
        }

        Assert.Equal(10, _lossy.Lost);
        Assert.Equal(Enumerable.Range(0, 30), await ReadIntegersAsync());
    }

    [Fact]
    public async Task Log_WithManyBlocks_IsFollowedByAnother()
    {
        Clear();
        _maxBlocks = 3;
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        for (int i = 0; i < 10; i++)
        {
            await journal.AppendAsync(epoch, [BitConverter.GetBytes(i)]);
        }

        Assert.Equal(Enumerable.Range(0, 10), await ReadIntegersAsync());
    }

    [Fact]
    public async Task Replace_WhoseAnswerIsLost_IsFollowedByWhatComesNext()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [BitConverter.GetBytes(1)]);
        _lossy.LoseForGood("/head");
        await Assert.ThrowsAsync<IOException>(async () => await journal.ReplaceAsync(epoch, [BitConverter.GetBytes(7)]));
        _lossy.Heal();
        await journal.AppendAsync(epoch, [BitConverter.GetBytes(2)]);
        Assert.Equal([7, 2], await ReadIntegersAsync());

        // What it had left behind goes with the next one.
        Assert.Equal(4, await CountBlobsAsync());
        await journal.ReplaceAsync(await journal.RaiseEpochAsync(0, default), [BitConverter.GetBytes(8)]);
        Assert.Equal(2, await CountBlobsAsync());
        Assert.Equal([8], await ReadIntegersAsync());
    }

    [Fact]
    public async Task Account_ThatIsNotThere_IsAnErrorThatEveryoneKnows()
    {
        GcsPlace nowhere = fixture.Place with { ConnectionString = "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=aGlkZGVu;BlobEndpoint=http://127.0.0.1:1/nobody;" };
        GcsStoreException e = await Assert.ThrowsAsync<GcsStoreException>(() => new AzureGcsStore().AgreeAsync(nowhere, 8, CancellationToken.None));
        Assert.Contains("container 'tests'", e.Message, StringComparison.Ordinal);
    }

    private protected override IShardJournal Open()
    {
        BlobClientOptions options = new();
        options.Retry.Delay = TimeSpan.FromMilliseconds(5);
        options.AddPolicy(_lossy, HttpPipelinePosition.PerRetry);
        return new AzureShardJournal(new AzureJournalOptions { Container = new BlobContainerClient(fixture.ConnectionString, "tests", options), ServiceId = _service, MaxBlocks = _maxBlocks }, 3);
    }

    private async Task<int> CountBlobsAsync()
    {
        int count = 0;
        await foreach (BlobItem blob in new BlobContainerClient(fixture.ConnectionString, "tests").GetBlobsAsync(new GetBlobsOptions { Prefix = $"{_service}/" }))
        {
            count++;
        }

        return count;
    }

    private protected override void Clear() => _service = $"service-{Interlocked.Increment(ref _services)}";

    private protected override async Task AppendUnheardAsync(IShardJournal journal, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        _lossy.LoseForGood();
        try
        {
            await journal.AppendAsync(epoch, records);
        }
        finally
        {
            _lossy.Heal();
        }
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

    /// <summary>Loses an answer to a write after the service has given it.</summary>
    private sealed class LossyPolicy : HttpPipelinePolicy
    {
        private string _place = "";
        private bool _losesForGood;
        private bool _isCut;

        public bool LoseNext { get; set; }

        public int Lost { get; private set; }

        /// <summary>Loses the next answer about a place, and reaches nothing from then on.</summary>
        public void LoseForGood(string place = "") => (_place, _losesForGood) = (place, true);

        public void Heal() => (_place, _losesForGood, _isCut) = ("", false, false);

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (_isCut)
            {
                throw new IOException("There is no connection.");
            }

            await ProcessNextAsync(message, pipeline);
            if ((LoseNext || _losesForGood) && message.Request.Method == RequestMethod.Put && message.Request.Uri.Path.EndsWith(_place, StringComparison.Ordinal))
            {
                LoseNext = false;
                _isCut = _losesForGood;
                Lost++;
                throw new IOException("The connection was cut.");
            }
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
    }
}
