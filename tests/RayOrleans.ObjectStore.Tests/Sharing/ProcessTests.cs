using RayOrleans.ObjectStore.TestProcess;

namespace RayOrleans.ObjectStore.Tests.Sharing;

public sealed class ProcessTests
{
    private const int Length = 1 << 20;

    [Theory]
    [InlineData("poke-read")]
    [InlineData("poke-sealed")]
    public void Write_IntoASealedObject_FaultsAndChangesNothing(string how)
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        if (how == "poke-read")
            client.Put(Marked.Key(1), Marked.Value(1, 1, Length));
        using (ChildProcess child = new(how, node.Server.SocketPath))
        {
            int code = child.ExitCode();
            Assert.True(code != 0 && child.Said.Contains("ready") && !child.Said.Contains("written"), $"{code}: {child.Said}");
        }

        using SharedObject value = client.Get(Marked.Key(1));
        Assert.Equal(1, Marked.Check(1, value.GetSpan(0, Length)));
    }

    [Fact]
    public async Task Kill_OfAClient_EndsItsPinsItsObjectsAndItsWaits()
    {
        using TestNode node = new();
        StoreClient client = node.Connect();
        client.Put(Marked.Key(1), Marked.Value(1, 1, Length));
        using ChildProcess child = new("hold", node.Server.SocketPath);
        child.Ready();
        Assert.True(client.Delete(Marked.Key(1)));
        ValueTask<SharedObject> waiting = client.GetAsync(Marked.Key(2));
        TestNode.Eventually(
            () => client.GetTotals() is { Clients: 2, ClientPins: 1, UnsealedObjects: 2, Store: { BlockCount: 2, Waiting: 1 } },
            () => $"the child's holdings; there is {client.GetTotals()}");
        Assert.False(waiting.IsCompleted);

        child.Kill();
        StoreRequestException error = await Assert.ThrowsAsync<StoreRequestException>(async () => await waiting.AsTask().WaitAsync(TestNode.Patience));
        Assert.Equal(StoreFailure.CreatorGone, error.Failure);
        client.Dispose();
        node.ExpectNothingLeft();
    }

    [Fact]
    public async Task Kill_OfAServer_FailsRequestsKeepsValuesAndIsCleanedUp()
    {
        string directory = Directory.CreateTempSubdirectory("objectstore-test-").FullName;
        try
        {
            using ChildProcess child = new("own-store", directory);
            string socket = child.Ready().Split(' ')[1];
            StoreClient client = StoreClient.Connect(socket);
            client.Put(Marked.Key(1), Marked.Value(1, 1, Length));
            SharedObject value = client.Get(Marked.Key(1));
            ValueTask<SharedObject> waiting = client.GetAsync(Marked.Key(2));
            child.Kill();
            child.ExitCode();
            Assert.Equal(
                StoreFailure.Disconnected,
                (await Assert.ThrowsAsync<StoreRequestException>(() => TestNode.Within(waiting.AsTask(), "the end of the get"))).Failure);
            Assert.Equal(StoreFailure.Disconnected, Assert.Throws<StoreRequestException>(() => client.Put(Marked.Key(3), [1])).Failure);
            Assert.Equal(1, Marked.Check(1, value.GetSpan(0, Length)));
            value.Dispose();
            client.Dispose();
            Assert.Equal(2, Directory.GetFileSystemEntries(directory).Length);

            using SharedMemoryStore next = SharedMemoryStore.Create(new ArenaOptions { Directory = directory, CapacityBytes = 8 << 20 });
            Assert.Equal(1, next.StaleFilesRemoved);
            using StoreServer server = StoreServer.Start(next, new StoreServerOptions { Directory = directory });
            Assert.Equal(2, Directory.GetFileSystemEntries(directory).Length);
            Assert.False(File.Exists(socket));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
