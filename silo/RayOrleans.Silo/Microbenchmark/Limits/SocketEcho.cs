using System.Net.Sockets;
using RayOrleans.Silo.Microbenchmark.Parts;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Bytes to another process and back over a bare Unix socket, both ends blocking. Used by one thread.</summary>
internal sealed class SocketEcho : IDisposable
{
    private readonly PartProcess _process;
    private readonly Socket _socket;
    private readonly byte[] _sent;
    private readonly byte[] _received;
    private readonly string _path;

    /// <param name="length">Bytes of a message.</param>
    /// <param name="count">Messages in a round.</param>
    public SocketEcho(int length, int count)
    {
        _sent = new byte[length * count];
        _received = new byte[_sent.Length];
        _path = Path.Combine(Path.GetTempPath(), $"rayorleans-echo-{Environment.ProcessId}-{length}-{count}");
        File.Delete(_path);
        _process = PartProcess.Start(PartCommands.Echo, _path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _socket.Connect(new UnixDomainSocketEndPoint(_path));
    }

    /// <summary>A round: everything there, in as few sends as it takes, and back.</summary>
    public void Run()
    {
        for (int sent = 0; sent < _sent.Length;)
        {
            sent += _socket.Send(_sent.AsSpan(sent));
        }

        for (int received = 0; received < _received.Length;)
        {
            int count = _socket.Receive(_received.AsSpan(received));
            if (count == 0)
            {
                throw new IOException("The echo has ended.");
            }

            received += count;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _process.Dispose();
        File.Delete(_path);
    }
}
