using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>Passes connections on to a port, until they are cut; takes no new ones while it is closed.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private bool _isClosed;
    private bool _losesAnswer;

    public CuttableProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How many connections have been passed on.</summary>
    public int Count { get; private set; }

    /// <summary>Breaks the connections that there are.</summary>
    /// <param name="close">Whether new ones are broken too.</param>
    public void Cut(bool close = false)
    {
        lock (_lock)
        {
            CutNeedsLock(close);
        }
    }

    /// <summary>Breaks all connections, also new ones, when the port answers next: it has done what it was asked, and nobody is told. <see cref="Cut"/> ends that.</summary>
    public void LoseNextAnswer()
    {
        lock (_lock)
        {
            _losesAnswer = true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut(close: true);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void CutNeedsLock(bool close)
    {
        (_isClosed, _losesAnswer) = (close, false);
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
    }

    private bool MayAnswer()
    {
        lock (_lock)
        {
            if (_losesAnswer)
            {
                CutNeedsLock(close: true);
                return false;
            }

            return true;
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            // Without a delay: the end of a message would wait until its other side has said that it has the rest.
            Socket client = await _listener.AcceptSocketAsync();
            client.NoDelay = true;
            Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await server.ConnectAsync(IPAddress.Loopback, _target);
            lock (_lock)
            {
                if (_isClosed)
                {
                    client.Dispose();
                    server.Dispose();
                    continue;
                }

                Count++;
                _sockets.AddRange([client, server]);
            }

            _ = PassAsync(client, server, static () => true);
            _ = PassAsync(server, client, MayAnswer);
        }
    }

    private static async Task PassAsync(Socket from, Socket to, Func<bool> mayPass)
    {
        byte[] buffer = new byte[64 << 10];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0 && mayPass();)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut.
        }

        from.Dispose();
        to.Dispose();
    }
}
