using System.Collections.Concurrent;
using System.Net;
using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer.Tests;

/// <summary>A node as far as transfer goes: a store, a table of objects, a server and a puller.</summary>
internal sealed class TransferNode : ITransferSource, ITransferSink, IAsyncDisposable
{
    public const int MB = 1 << 20;
    private readonly ConcurrentDictionary<(ObjectId Id, int Version), StoreBlock> _blocks = new();
    private readonly ConcurrentDictionary<(ObjectId Id, int Version), ReadOnlyMemory<byte>> _inline = new();
    private int _accepted;

    public TransferNode(long capacity = 64 * MB, Action<PullerOptions>? puller = null, Action<TransferServerOptions>? server = null, Action<ArenaOptions>? store = null)
    {
        ArenaOptions arena = new() { CapacityBytes = capacity, PrefaultReserveBytes = 0 };
        store?.Invoke(arena);
        Store = SharedMemoryStore.Create(arena);
        TransferServerOptions serverOptions = new() { SourceFailed = Failures.Enqueue };
        serverOptions.ThreadBytes = ThreadBytes.Value ?? serverOptions.ThreadBytes;
        server?.Invoke(serverOptions);
        Server = TransferServer.Start(this, serverOptions);
        PullerOptions pullerOptions = new() { RetryDelay = TimeSpan.FromMilliseconds(1) };
        pullerOptions.ThreadBytes = ThreadBytes.Value ?? pullerOptions.ThreadBytes;
        puller?.Invoke(pullerOptions);
        Puller = new Puller(Store, this, pullerOptions);
    }

    /// <summary>From how many bytes on bodies have threads of their own at the nodes of this test; null: as shipped.</summary>
    public static AsyncLocal<int?> ThreadBytes { get; } = new();

    public SharedMemoryStore Store { get; }

    public TransferServer Server { get; }

    public Puller Puller { get; }

    public ConcurrentQueue<Exception> Failures { get; } = new();

    /// <summary>Runs before an object is opened for somebody.</summary>
    public Func<ObjectId, Task>? Opening { get; set; }

    /// <summary>Runs when an object has arrived.</summary>
    public Action<PulledObject>? Accepting { get; set; }

    public int AcceptedCount => Volatile.Read(ref _accepted);

    public static ObjectId Id(int number) => new(new TaskId(7, (ulong)number), 0);

    public static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Puts an object into the store.</summary>
    public void Put(ObjectId id, byte[] bytes, int version = 0)
    {
        StoreBlock block = Store.Create(bytes.Length);
        block.Write(0, bytes);
        block.Seal();
        _blocks[(id, version)] = block;
    }

    /// <summary>Puts an object into the node's own memory.</summary>
    public void PutInline(ObjectId id, byte[] bytes, int version = 0) => _inline[(id, version)] = bytes;

    public void Delete(ObjectId id, int version = 0)
    {
        if (_blocks.TryRemove((id, version), out StoreBlock? block))
            block.Delete();
    }

    public PullRequest From(TransferNode other, int number, int version = 0) => From(Id(number), version, other.Server.EndPoint);

    public static PullRequest From(ObjectId id, int version, params EndPoint[] sources) => new()
    {
        Id = id,
        Version = version,
        Sources = PullRequest.From(sources),
    };

    public byte[] Read(ObjectId id, int version = 0) =>
        _inline.TryGetValue((id, version), out ReadOnlyMemory<byte> bytes) ? bytes.ToArray() : ReadBlock(_blocks[(id, version)]);

    public bool IsInStore(ObjectId id, int version = 0) => _blocks.ContainsKey((id, version));

    public async ValueTask<TransferLease?> OpenAsync(ObjectId id, int version, CancellationToken ct)
    {
        if (Opening is { } opening)
            await opening(id).WaitAsync(ct);
        if (_inline.TryGetValue((id, version), out ReadOnlyMemory<byte> bytes))
            return TransferLease.Of(bytes);
        return _blocks.TryGetValue((id, version), out StoreBlock? block) && block.TryPin() is { } pin ? TransferLease.Of(pin) : null;
    }

    public void Accept(PulledObject pulled)
    {
        Accepting?.Invoke(pulled);
        Interlocked.Increment(ref _accepted);
        if (pulled.Block is not { } block)
            _inline[(pulled.Id, pulled.Version)] = pulled.Inline;
        else if (!_blocks.TryAdd((pulled.Id, pulled.Version), block))
            block.Delete();
    }

    /// <summary>Stops everything and checks that neither a block nor a pin is left but those of the table.</summary>
    public async ValueTask DisposeAsync()
    {
        await Within.Reason(Puller.DisposeAsync().AsTask(), "the puller to stop");
        await Within.Reason(Server.DisposeAsync().AsTask(), "the server to stop");
        Assert.Equal(0, Store.PinnedBytes);
        Assert.Equal(_blocks.Count, Store.BlockCount);
        foreach (StoreBlock block in _blocks.Values)
            block.Delete();
        Assert.Equal(0, Store.UsedBytes);
        Assert.Equal(0, Puller.GetTotals().BytesInFlight);
        Assert.Equal(0, Puller.GetTotals().Running);
        Assert.Equal(0, Puller.GetTotals().Queued);
        Store.Dispose();
    }

    private static byte[] ReadBlock(StoreBlock block)
    {
        using StorePin pin = block.Pin();
        return block.GetReadOnlySpan(0, (int)block.Length).ToArray();
    }
}
