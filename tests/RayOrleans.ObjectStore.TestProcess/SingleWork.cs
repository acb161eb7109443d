namespace RayOrleans.ObjectStore.TestProcess;

/// <summary>Things to do once, on objects that the test has named.</summary>
internal static class SingleWork
{
    private const int Length = 1 << 20;

    /// <summary>Pins object 1, writes half of object 2, waits for object 3 and for room, and goes on until it is killed.</summary>
    public static int Hold(string socket)
    {
        StoreClient client = StoreClient.Connect(socket);
        SharedObject pinned = client.Get(Marked.Key(1), inPlace: true);
        SharedWrite write = client.Create(Marked.Key(2), Length);
        write.Write(0, Marked.Value(2, 1, Length).AsSpan(0, Length / 2));
        ValueTask<SharedObject> missing = client.GetAsync(Marked.Key(3));
        ValueTask<SharedWrite> room = client.CreateAsync(Marked.Key(4), client.CapacityBytes, TimeSpan.FromHours(1));
        Console.WriteLine("ready");
        Console.In.ReadToEnd();
        GC.KeepAlive((pinned, write, missing, room));
        return 0;
    }

    /// <summary>Asks for object 1, in several ways, and waits until it is killed.</summary>
    public static int Restore(string socket)
    {
        StoreClient client = StoreClient.Connect(socket);
        ValueTask<SharedObject>[] gets = [client.GetAsync(Marked.Key(1)), client.GetAsync(Marked.Key(1), TimeSpan.FromHours(1)), client.GetAsync(Marked.Key(1), inPlace: true)];
        Console.WriteLine("ready");
        Console.In.ReadToEnd();
        GC.KeepAlive(gets);
        return 0;
    }

    /// <summary>Writes through the memory of an object that it has got.</summary>
    public static unsafe int PokeRead(string socket)
    {
        using StoreClient client = StoreClient.Connect(socket);
        using SharedObject value = client.Get(Marked.Key(1), inPlace: true);
        Marked.Check(1, value.GetSpan(0, (int)value.Length));
        return Poke(value.GetSpan(0, (int)value.Length));
    }

    /// <summary>Writes into an object that it has sealed, through a span from before.</summary>
    public static int PokeSealed(string socket)
    {
        using StoreClient client = StoreClient.Connect(socket);
        using SharedWrite write = client.Create(Marked.Key(1), Length);
        Span<byte> span = write.GetSpan(0, Length);
        Marked.Fill(1, 1, span);
        write.Seal();
        return Poke(span);
    }

    /// <summary>Makes a store and a server in a directory, and goes on until it is killed.</summary>
    public static int OwnStore(string directory)
    {
        SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions { Directory = directory, CapacityBytes = 8 << 20 });
        StoreServer server = StoreServer.Start(store, new StoreServerOptions { Directory = directory });
        Console.WriteLine($"ready {server.SocketPath}");
        Console.In.ReadToEnd();
        GC.KeepAlive((store, server));
        return 0;
    }

    private static unsafe int Poke(ReadOnlySpan<byte> bytes)
    {
        Console.WriteLine("ready");
        fixed (byte* start = bytes)
            start[bytes.Length / 2] ^= 0xFF;
        Console.WriteLine("written");
        return 0;
    }
}
