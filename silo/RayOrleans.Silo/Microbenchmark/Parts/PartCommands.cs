using System.Net.Sockets;
using RayOrleans.ObjectStore;
using RayOrleans.Silo.Microbenchmark.Limits;

namespace RayOrleans.Silo.Microbenchmark.Parts;

/// <summary>What a part of a line does in a process of its own: a round for every line of its input, answered by a line; it ends with its input.</summary>
internal static class PartCommands
{
    public const string Serve = "serve";
    public const string Echo = "echo";
    public const string Put = "put";
    public const string Copy = "copy";
    public const string Send = "send";
    private const int EchoBytes = 1 << 20;

    /// <summary>Runs a part.</summary>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    public static int Run(string[] arguments, TextReader input, TextWriter output)
    {
        switch (arguments)
        {
            case [Serve, var capacity]:
                RunStore(long.Parse(capacity), input, output);
                return 0;
            case [Echo, var path]:
                RunEcho(path, output);
                return 0;
            case [Put, var socket, var bytes, var number]:
                RunPuts(socket, long.Parse(bytes), int.Parse(number), input, output);
                return 0;
            case [Copy, var path, var bytes, var number]:
                RunCopies(path, long.Parse(bytes), int.Parse(number), input, output);
                return 0;
            case [Send, var bytes, var connections]:
                ProcessSocketCopy.Serve(long.Parse(bytes), int.Parse(connections), output);
                return 0;
            default:
                throw new ArgumentException($"There is no part '{string.Join(' ', arguments)}'.", nameof(arguments));
        }
    }

    private static void RunStore(long capacity, TextReader input, TextWriter output)
    {
        using SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions { CapacityBytes = capacity });
        using StoreServer server = StoreServer.Start(store, new StoreServerOptions { InlineCapacityBytes = capacity });
        output.WriteLine(server.SocketPath);
        while (input.ReadLine() is not null)
        {
            GC.Collect();
            output.WriteLine(Environment.WorkingSet);
        }
    }

    private static void RunEcho(string path, TextWriter output)
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        output.WriteLine(path);
        using Socket socket = listener.Accept();
        byte[] buffer = new byte[EchoBytes];
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            for (int sent = 0; sent < count;)
            {
                sent += socket.Send(buffer.AsSpan(sent, count - sent));
            }
        }
    }

    private static void RunPuts(string socket, long bytes, int number, TextReader input, TextWriter output)
    {
        byte[] data = Data(bytes);
        StoreKey key = new(0, 0, number);
        using StoreClient client = StoreClient.Connect(socket);
        output.WriteLine(Put);
        while (input.ReadLine() is not null)
        {
            client.Put(key, data);
            client.Delete(key);
            output.WriteLine(Put);
        }
    }

    private static unsafe void RunCopies(string path, long bytes, int number, TextReader input, TextWriter output)
    {
        byte[] data = Data(bytes);
        using SharedMapping target = SharedMapping.Open(path);
        output.WriteLine(Copy);
        while (input.ReadLine() is not null)
        {
            fixed (byte* source = data)
            {
                NonTemporalCopy.Copy(source, target.Start + (number * bytes), bytes);
            }

            output.WriteLine(Copy);
        }
    }

    private static byte[] Data(long bytes)
    {
        byte[] data = GC.AllocateUninitializedArray<byte>((int)bytes);
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)i;
        }

        return data;
    }
}
