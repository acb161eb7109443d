using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Transfer;

/// <summary>
/// A node's data port: serves the bytes of its objects to the <see cref="Puller"/>s of other nodes, straight from the memory they are in.
/// Thread-safe. Stop it with <see cref="DisposeAsync"/>; no lease is open after that.
/// </summary>
public sealed class TransferServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly ITransferSource _source;
    private readonly TransferServerOptions _options;
    private readonly ServerCounters _counters = new();
    private readonly ReaderSlots _readers;
    private readonly ConcurrentDictionary<SocketExchange, Task> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _disposed;

    private TransferServer(Socket listener, ITransferSource source, TransferServerOptions options)
    {
        _listener = listener;
        _source = source;
        _options = options;
        _readers = new ReaderSlots(options);
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where the server listens, with the port that the system chose.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts to listen and to serve.</summary>
    /// <param name="source">The objects.</param>
    /// <param name="options">Settings, validated here; null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="SocketException">The end point cannot be listened on.</exception>
    public static TransferServer Start(ITransferSource source, TransferServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new TransferServerOptions();
        options.Validate();
        Socket listener = new(options.ListenEndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(options.ListenEndPoint);
            listener.Listen();
            return new TransferServer(listener, source, options);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Current totals and counters.</summary>
    public ServerTotals GetTotals() => _counters.Read(_connections.Count);

    /// <summary>Closes the port and all connections, and waits until their leases are released.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            _listener.Dispose();
        }

        await _accepting.ConfigureAwait(false);
        foreach (Task connection in _connections.Values)
            await connection.ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Welcome(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                // The client has gone again, or descriptors ran out: neither is a reason to stop listening.
                await Task.Delay(AcceptRetry, _options.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (_stop.IsCancellationRequested && error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Welcome(Socket socket)
    {
        Interlocked.Increment(ref _counters.Accepted);
        if (_connections.Count >= _options.MaxConnections)
        {
            Interlocked.Increment(ref _counters.Crowded);
            socket.Dispose();
            return;
        }

        if (SocketExchange.TryWrap(socket, _options.TimeProvider) is not { } exchange)
            return;
        // Started cold, so that the connection is listed before it can end and take itself off the list.
        Task<Task> connection = new(() => RunAsync(exchange), TaskCreationOptions.DenyChildAttach);
        _connections[exchange] = connection.Unwrap();
        connection.Start(TaskScheduler.Default);
    }

    private async Task RunAsync(SocketExchange exchange)
    {
        try
        {
            await new ServerConnection(exchange, _source, _options, _readers, _counters).RunAsync(_stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(exchange, out _);
        }
    }
}
