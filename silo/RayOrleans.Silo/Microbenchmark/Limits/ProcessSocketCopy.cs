using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RayOrleans.Silo.Microbenchmark.Measuring;
using RayOrleans.Silo.Microbenchmark.Parts;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>As <see cref="SocketCopy"/>, from a shared mapping of another process. The connections stay open. Used by one thread.</summary>
internal sealed unsafe class ProcessSocketCopy : IDisposable
{
    private readonly SharedMapping _target;
    private readonly PartProcess _source;
    private readonly Socket[] _receivers;
    private readonly ClientThreads _threads;

    /// <param name="length">How many bytes.</param>
    /// <param name="connections">Over how many connections.</param>
    public ProcessSocketCopy(long length, int connections)
    {
        _target = new SharedMapping(length);
        _source = PartProcess.Start(PartCommands.Send, length.ToString(CultureInfo.InvariantCulture), connections.ToString(CultureInfo.InvariantCulture));
        _threads = new ClientThreads(connections);
        _receivers = new Socket[connections];
        IPEndPoint there = new(IPAddress.Loopback, int.Parse(_source.First, CultureInfo.InvariantCulture));
        for (int i = 0; i < connections; i++)
        {
            _receivers[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _receivers[i].Connect(there);
        }
    }

    /// <summary>How many bytes.</summary>
    public long Length => _target.Length;

    /// <summary>What a process that sends does: for each connection in turn a part of its mapping, whenever a size of the pieces is asked for.</summary>
    /// <param name="length">How many bytes its mapping has.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="output">Told the port.</param>
    public static void Serve(long length, int connections, TextWriter output)
    {
        using SharedMapping source = new(length);
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        output.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        Thread[] threads = new Thread[connections];
        for (int i = 0; i < connections; i++)
        {
            Socket socket = listener.Accept();
            socket.NoDelay = true;
            (long start, long end) = Part(length, i, connections);
            threads[i] = new Thread(() => Serve(socket, source, start, end));
            threads[i].Start();
        }

        Array.ForEach(threads, static t => t.Join());
    }

    /// <summary>Copies everything once.</summary>
    /// <param name="piece">Bytes handed to a socket at a time.</param>
    public void Run(int piece) => _threads.Run(number =>
    {
        Span<byte> ask = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(ask, piece);
        _receivers[number].Send(ask);
        (long start, long end) = Part(Length, number, _receivers.Length);
        SocketCopy.Receive(_receivers[number], _target, start, end, piece);
    });

    /// <summary>Closes everything; the other process ends by that.</summary>
    public void Dispose()
    {
        _threads.Dispose();
        Array.ForEach(_receivers, static socket => socket.Dispose());
        _source.Dispose();
        _target.Dispose();
    }

    private static (long Start, long End) Part(long length, int number, int connections)
    {
        long part = length / connections;
        return (number * part, number == connections - 1 ? length : (number + 1) * part);
    }

    private static void Serve(Socket socket, SharedMapping source, long start, long end)
    {
        using (socket)
        {
            Span<byte> ask = stackalloc byte[sizeof(int)];
            while (socket.Receive(ask) == sizeof(int))
            {
                SocketCopy.Send(socket, source, start, end, BinaryPrimitives.ReadInt32LittleEndian(ask));
            }
        }
    }
}
