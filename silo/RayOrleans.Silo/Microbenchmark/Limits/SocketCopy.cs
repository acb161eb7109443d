using System.Net;
using System.Net.Sockets;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Bytes from one shared mapping into another over TCP on loopback, by blocking threads of one process. The connections stay open. Used by one thread.</summary>
internal sealed unsafe class SocketCopy : IDisposable
{
    private readonly SharedMapping _source;
    private readonly SharedMapping _target;
    private readonly Socket[] _senders;
    private readonly Socket[] _receivers;
    private readonly ClientThreads _threads;

    /// <param name="length">How many bytes.</param>
    /// <param name="connections">Over how many connections.</param>
    public SocketCopy(long length, int connections)
    {
        _source = new SharedMapping(length);
        _target = new SharedMapping(length);
        _senders = new Socket[connections];
        _receivers = new Socket[connections];
        _threads = new ClientThreads(2 * connections);
        Connect();
    }

    /// <summary>How many bytes.</summary>
    public long Length => _source.Length;

    /// <summary>Copies everything once.</summary>
    /// <param name="piece">Bytes handed to a socket at a time.</param>
    public void Run(int piece) => _threads.Run(number =>
    {
        int connection = number / 2;
        long part = Length / _senders.Length;
        long start = connection * part;
        long end = connection == _senders.Length - 1 ? Length : start + part;
        if (number % 2 == 0)
        {
            Send(_senders[connection], _source, start, end, piece);
        }
        else
        {
            Receive(_receivers[connection], _target, start, end, piece);
        }
    });

    /// <summary>Closes everything.</summary>
    public void Dispose()
    {
        _threads.Dispose();
        Array.ForEach(_senders, static socket => socket.Dispose());
        Array.ForEach(_receivers, static socket => socket.Dispose());
        _source.Dispose();
        _target.Dispose();
    }

    /// <summary>Sends a part of a mapping.</summary>
    public static void Send(Socket socket, SharedMapping source, long start, long end, int piece)
    {
        while (start < end)
        {
            start += socket.Send(new ReadOnlySpan<byte>(source.Start + start, (int)Math.Min(piece, end - start)));
        }
    }

    /// <summary>Receives into a part of a mapping.</summary>
    /// <exception cref="IOException">The connection was closed.</exception>
    public static void Receive(Socket socket, SharedMapping target, long start, long end, int piece)
    {
        while (start < end)
        {
            int count = socket.Receive(new Span<byte>(target.Start + start, (int)Math.Min(piece, end - start)));
            if (count == 0)
            {
                throw new IOException($"The connection was closed with {end - start} bytes missing.");
            }

            start += count;
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private void Connect()
    {
        using Socket listener = NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        for (int i = 0; i < _senders.Length; i++)
        {
            _receivers[i] = NewSocket();
            _receivers[i].Connect(listener.LocalEndPoint!);
            _senders[i] = listener.Accept();
            _receivers[i].NoDelay = true;
            _senders[i].NoDelay = true;
        }
    }
}
