using System.Net.Sockets;

namespace RayOrleans.ObjectStore;

/// <summary>
/// Serves a <see cref="SharedMemoryStore"/> to the processes of this machine, over a Unix socket that only this user can reach: objects by
/// <see cref="StoreKey"/>, read in place by every <see cref="StoreClient"/>. Thread-safe.
/// </summary>
public sealed class StoreServer : IDisposable
{
    private static readonly TimeSpan ClientPatience = TimeSpan.FromMilliseconds(500);

    private readonly SocketPlace _place;
    private readonly Socket _listener;
    private readonly Thread _acceptor;
    private readonly Lock _gate = new();
    private readonly HashSet<ClientConnection> _clients = [];
    private bool _isStopping;

    private StoreServer(SharedMemoryStore store, StoreServerOptions options)
    {
        Store = store;
        Directory = new ObjectDirectory(store);
        Options = options;
        InlineCapacityBytes = options.InlineCapacityBytes ?? store.CapacityBytes / 16;
        Welcome = new WelcomeBody(HelloBody.CurrentVersion, store.Identity, store.CapacityBytes, options.InlineLimitBytes, Path.GetFullPath(store.FilePath)).ToBytes();
        _place = new SocketPlace(options.Directory ?? Path.GetTempPath());
        try
        {
            _listener = _place.Listen();
        }
        catch
        {
            _place.Dispose();
            throw;
        }

        _acceptor = new Thread(Accept, 256 << 10) { IsBackground = true, Name = "store accept" };
        _acceptor.Start();
    }

    /// <summary>Where clients connect.</summary>
    public string SocketPath => _place.SocketPath;

    internal SharedMemoryStore Store { get; }

    internal StoreServerOptions Options { get; }

    internal ObjectDirectory Directory { get; }

    internal byte[] Welcome { get; }

    internal long InlineCapacityBytes { get; }

    /// <summary>Starts to serve a store, which stays the caller's: dispose of this first, then of the store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">Settings; validated here.</param>
    /// <exception cref="ArgumentException">An option is invalid, or the socket's path would be too long.</exception>
    /// <exception cref="IOException">The socket's directory cannot be used.</exception>
    public static StoreServer Start(SharedMemoryStore store, StoreServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        options ??= new StoreServerOptions();
        options.Validate();
        return new StoreServer(store, options);
    }

    /// <summary>Current totals.</summary>
    public StoreServerTotals GetTotals()
    {
        ClientConnection[] clients = Clients();
        DirectoryCounters counters = Directory.Counters;
        return new StoreServerTotals
        {
            Store = Store.GetTotals(),
            Clients = clients.Length,
            ClientPins = clients.Sum(client => (long)client.PinCount),
            UnsealedObjects = counters.Unsealed,
            InlineObjects = counters.InlineObjects,
            InlineBytes = counters.InlineBytes,
            ArenaObjects = counters.BlockObjects,
            ArenaObjectBytes = counters.BlockBytes,
        };
    }

    /// <summary>
    /// Makes a sealed block of this store an object; from then on it is the server's, which may spill it and frees it when the object is deleted.
    /// </summary>
    /// <param name="key">The object's key.</param>
    /// <param name="block">A sealed block.</param>
    /// <returns>False when the key is taken; the block then stays the caller's.</returns>
    /// <exception cref="InvalidOperationException">The block is not sealed, or not in the arena, where other processes see it.</exception>
    public bool TryPublish(StoreKey key, StoreBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (!block.IsSealed)
            throw new InvalidOperationException($"The block at {block.Offset} is not sealed; only sealed blocks can be published.");
        if (block.Mapping is not null)
            throw new InvalidOperationException("The block is mapped from a file on disk; only blocks in the arena can be published.");
        return Directory.Publish(key, block, block.Length) == AnswerStatus.Done;
    }

    /// <summary>Lets other processes read an object of this process's, which stays this process's: <see cref="Delete"/> ends that, and does not delete it.</summary>
    /// <param name="key">The key to read it by.</param>
    /// <param name="stored">The object.</param>
    /// <returns>False when the key is taken.</returns>
    public bool TryLend(StoreKey key, StoredObject stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return Directory.TryLend(key, stored);
    }

    /// <summary>Takes over what another process has made by <see cref="StoreClient.CreateForCopy"/>: it is this process's from then on, and stays to be had by its key until <see cref="Delete"/>.</summary>
    /// <param name="key">The object's key.</param>
    /// <returns>The object; null when there is none, or it is this process's already.</returns>
    public StoredObject? Adopt(StoreKey key) => Directory.Adopt(key);

    /// <summary>
    /// Deletes every object whose key begins so, and which this process has not taken over: its creator has ended. What is sealed under such a key later goes at once, because what the
    /// creator had sent may still be on its way.
    /// </summary>
    /// <param name="high"><see cref="StoreKey.High"/>.</param>
    public void EndKeys(ulong high) => Directory.End(high);

    /// <summary>Whether an object is there, sealed.</summary>
    /// <param name="key">The object's key.</param>
    public bool Contains(StoreKey key) => Directory.Contains(key);

    /// <summary>Deletes an object; its memory follows when no process holds it. Those who wait for it are told.</summary>
    /// <param name="key">The object's key.</param>
    /// <returns>False when there was none.</returns>
    public bool Delete(StoreKey key) => Directory.Delete(key);

    /// <summary>
    /// Ends all connections: clients keep what they hold, which stays readable, and can ask for nothing more. What a client still holds then stays held
    /// until the store itself is disposed of.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopping)
                return;
            _isStopping = true;
        }

        _listener.Dispose();
        _acceptor.Join();
        ClientConnection[] clients = Clients();
        foreach (ClientConnection client in clients)
            client.Stop();
        long start = Store.Time.GetTimestamp();
        foreach (ClientConnection client in clients)
        {
            TimeSpan left = ClientPatience - Store.Time.GetElapsedTime(start);
            client.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        _place.Dispose();
    }

    internal void Remove(ClientConnection client)
    {
        lock (_gate)
            _clients.Remove(client);
    }

    internal void OnClientFailed(string sentence) => Options.ClientFailed?.Invoke(sentence);

    private ClientConnection[] Clients()
    {
        lock (_gate)
            return [.. _clients];
    }

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                lock (_gate)
                {
                    if (_isStopping)
                        return;
                }

                OnClientFailed($"A client could not be accepted: {error.Message}");
                // Out of descriptors, most likely: the next attempt would fail at once.
                Thread.Sleep(10);
                continue;
            }

            ClientConnection client = new(this, socket);
            lock (_gate)
            {
                if (_isStopping || _clients.Count >= Options.MaxClients)
                {
                    client.Dispose();
                    continue;
                }

                _clients.Add(client);
            }

            client.Start();
        }
    }
}
