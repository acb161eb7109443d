using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Silo.Chaos.Network;

/// <summary>A port of this process that passes connections on to one of a silo's.</summary>
internal sealed class PortProxy : IAsyncDisposable
{
    private readonly ChaosNetwork _network;
    private readonly int _place;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Socket _listener;
    private Task _accepting;
    private bool _isRefusing;
    private bool _isDisposed;

    public PortProxy(ChaosNetwork network, int place, int targetPort)
    {
        _network = network;
        _place = place;
        TargetPort = targetPort;
        _listener = Bind(0);
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>The port that others connect to.</summary>
    public int Port { get; }

    /// <summary>The port behind it.</summary>
    public int TargetPort { get; }

    /// <summary>From now on the kernel refuses connections; nobody else gets the port meanwhile, because it stays bound.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            if (!_isRefusing && !_isDisposed)
            {
                _isRefusing = true;
                _listener.Dispose();
                _listener = Bind(Port);
            }
        }
    }

    /// <summary>From now on connections are accepted.</summary>
    public void Listen()
    {
        lock (_lock)
        {
            if (_isRefusing && !_isDisposed)
            {
                _isRefusing = false;
                _listener.Listen();
                _accepting = AcceptAsync(_listener);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _listener.Dispose();
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
    }

    private static Socket Bind(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Disposed of: it refuses, or has ended.
                return;
            }

            _ = Task.Run(() => CarryAsync(client), CancellationToken.None);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        if (client.RemoteEndPoint is IPEndPoint remote && client.LocalEndPoint is IPEndPoint local && _network.PlaceOf(remote, local) is { } from)
        {
            await _network.CarryAsync(new ProxiedConnection(_network, client, from, _place, TargetPort, _stop.Token)).ConfigureAwait(false);
        }
        else
        {
            client.Dispose();
        }
    }
}
