namespace RayOrleans.ObjectStore.TestProcess;

/// <summary>A store, of the default size or one that is larger than what its file system holds: filled until it is refused, emptied, and filled again.</summary>
internal static class FillWork
{
    private const int Length = 8 << 20;

    public static int Run(string directory, long capacity)
    {
        ArenaOptions options = new() { Directory = directory, FullTimeout = TimeSpan.Zero };
        if (capacity > 0)
            options.CapacityBytes = capacity;
        Console.WriteLine($"capacity {options.CapacityBytes}: {MemoryPlan.ForThisNode().Source}");
        using SharedMemoryStore store = SharedMemoryStore.Create(options);
        using StoreServer server = StoreServer.Start(store);
        using StoreClient client = StoreClient.Connect(server.SocketPath);
        int first = Fill(client, store);
        int second = Fill(client, store);
        Console.WriteLine($"filled {first} {second}");
        return first > 0 && second >= first ? 0 : 4;
    }

    private static int Fill(StoreClient client, SharedMemoryStore store)
    {
        int count = 0;
        try
        {
            for (; ; count++)
            {
                using SharedWrite write = client.Create(Marked.Key(count), Length);
                Marked.Fill(count, 1, write.GetSpan(0, Length));
                write.Seal();
            }
        }
        catch (StoreRequestException error) when (error.Failure == StoreFailure.Full)
        {
            Console.WriteLine($"full: {error.Message}");
        }

        // The store's own side, too: in a place that was not written before, if there is one.
        if (store.TryCreate(Length) is { } block)
            block.Delete();
        for (int i = 0; i < count; i++)
        {
            using SharedObject value = client.Get(Marked.Key(i));
            Marked.Check(i, value.GetSpan(0, Length));
            client.Delete(Marked.Key(i));
        }

        return count;
    }
}
