using RayOrleans.ObjectStore;
using RayOrleans.Transfer;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>One object pulled from a store into another over the data port, again and again; each copy is deleted when it has arrived. Used by one thread.</summary>
internal sealed class StorePull : ITransferSource, ITransferSink, IDisposable
{
    private const long Slack = 64 << 20;

    private readonly SharedMemoryStore _from;
    private readonly SharedMemoryStore _to;
    private readonly StoreBlock _block;
    private readonly TransferServer _server;
    private readonly Puller _puller;
    private readonly PullRequest _request;

    /// <param name="length">The object's length in bytes.</param>
    /// <param name="connections">Over how many connections.</param>
    /// <param name="tls">What both ends encrypt them with; null: nothing.</param>
    public StorePull(long length, int connections, PeerTls? tls = null)
    {
        Length = length;
        _from = SharedMemoryStore.Create(new ArenaOptions { CapacityBytes = length + Slack });
        _to = SharedMemoryStore.Create(new ArenaOptions { CapacityBytes = length + Slack });
        _block = Fill(_from.Create(length));
        _server = TransferServer.Start(this, new TransferServerOptions { Tls = tls });
        _puller = new Puller(_to, this, new PullerOptions { ConnectionsPerPull = connections, MaxConnectionsPerPeer = connections, Tls = tls });
        _request = new PullRequest
        {
            Id = new ObjectId(new TaskId(1, 1), 0),
            Version = 0,
            Length = length,
            Sources = PullRequest.From(_server.EndPoint),
        };
    }

    /// <summary>The object's length in bytes.</summary>
    public long Length { get; }

    /// <summary>Pulls once.</summary>
    public void Run()
    {
        PullResult result = _puller.PullAsync(_request).GetAwaiter().GetResult();
        if (!result.IsPulled)
        {
            throw new InvalidOperationException(result.Message);
        }
    }

    public ValueTask<TransferLease?> OpenAsync(ObjectId id, int version, CancellationToken ct) => ValueTask.FromResult<TransferLease?>(TransferLease.Of(_block.Pin()));

    public void Accept(PulledObject pulled) => pulled.Block?.Delete();

    /// <summary>Ends everything.</summary>
    public void Dispose()
    {
        _puller.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _from.Dispose();
        _to.Dispose();
    }

    /// <summary>Touches every page, with bytes that are not all the same.</summary>
    private static StoreBlock Fill(StoreBlock block)
    {
        byte[] pattern = new byte[1 << 20];
        new Random(1).NextBytes(pattern);
        for (long at = 0; at < block.Length; at += pattern.Length)
        {
            block.Write(at, pattern.AsSpan(0, (int)Math.Min(pattern.Length, block.Length - at)));
        }

        block.Seal();
        return block;
    }
}
