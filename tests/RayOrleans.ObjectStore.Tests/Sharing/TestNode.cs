using RayOrleans.ObjectStore.Tests.Spilling;

namespace RayOrleans.ObjectStore.Tests.Sharing;

/// <summary>A store with a server, and clients of it in this process.</summary>
internal sealed class TestNode : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestStore _store;
    private readonly List<StoreClient> _clients = [];
    private readonly List<string> _failures = [];

    public TestNode(long capacity = 64 << 20, Action<ArenaOptions>? configure = null, Action<StoreServerOptions>? serve = null)
    {
        _store = new TestStore(capacity, options =>
        {
            options.TimeProvider = TimeProvider.System;
            configure?.Invoke(options);
        });
        StoreServerOptions options = new()
        {
            Directory = _store.Options.Directory,
            ClientFailed = sentence =>
            {
                lock (_failures)
                    _failures.Add(sentence);
            },
        };
        serve?.Invoke(options);
        Server = StoreServer.Start(_store.Store, options);
    }

    public SharedMemoryStore Store => _store.Store;

    public StoreServer Server { get; }

    public string Directory => _store.Options.Directory!;

    public string[] Failures
    {
        get
        {
            lock (_failures)
                return [.. _failures];
        }
    }

    /// <summary>A disk beside the arena.</summary>
    public static SpillOptions SpillTo(ArenaOptions options, FaultyFiles files) => new()
    {
        Directories = [Path.Combine(options.Directory!, "disk")],
        MinFreeBytes = 0,
        Files = files,
        FallbackDelay = TimeSpan.FromMilliseconds(20),
        BackOff = TimeSpan.FromMilliseconds(20),
    };

    public static StoreKey Key(int number) => new(0xABCD, (ulong)number, number);

    public static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static void Eventually(Func<bool> condition, Func<string> what)
    {
        if (!SpinWait.SpinUntil(condition, Patience))
            throw new TimeoutException($"Waited {Patience} for {what()}.");
    }

    public static async Task<T> Within<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException error) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience} for {what}.", error);
        }
    }

    public StoreClient Connect()
    {
        StoreClient client = StoreClient.Connect(Server.SocketPath);
        _clients.Add(client);
        return client;
    }

    /// <summary>Waits until the server holds nothing: no clients, no pins, no memory in use.</summary>
    public void ExpectNothingLeft()
    {
        Eventually(
            () => IsReclaimed() && Server.GetTotals() is { Clients: 0, ClientPins: 0, UnsealedObjects: 0, Store: { UsedBytes: 0, PinnedBytes: 0, BlockCount: 0, Waiting: 0 } },
            () => $"an empty store; there is {Server.GetTotals()}");
    }

    /// <summary>Rested memory is taken back when somebody asks for memory.</summary>
    private bool IsReclaimed() => Store.TryCreate(1)?.Delete() ?? true;

    public void Dispose()
    {
        foreach (StoreClient client in _clients)
            client.Dispose();
        Server.Dispose();
        _store.Dispose();
    }
}
