using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Tests.Drivers;

/// <summary>A node's reading and writing of values for drivers elsewhere, when their sessions end in the middle of it.</summary>
public sealed class RemoteValuesTests : IDisposable
{
    private const ulong Keys = 0xD00D;
    private const int Closed = 1 + (int)StoreFailure.Closed;

    private readonly string _directory = Directory.CreateTempSubdirectory("remote-values-").FullName;
    private readonly SharedMemoryStore _store;
    private readonly StoreServer _server;

    public RemoteValuesTests()
    {
        _store = SharedMemoryStore.Create(new ArenaOptions { Directory = _directory, CapacityBytes = 64 << 20, PrefaultReserveBytes = 0 });
        _server = StoreServer.Start(_store, new StoreServerOptions { Directory = _directory });
    }

    [Fact]
    public async Task Value_InPieces_IsWrittenSealedAndRead()
    {
        using RemoteValues values = new(_server.SocketPath, Keys);
        Assert.Equal([0], await values.ServeAsync(NodeRequest.ValueCreate, Request([], 1, 10)));
        Assert.Equal([0], await values.ServeAsync(NodeRequest.ValueWrite, Request([1, 2, 3], 1, 4)));
        Assert.Equal([0], await values.ServeAsync(NodeRequest.ValueSeal, Request([], 1)));
        Assert.Equal([0, 1, 2], await values.ServeAsync(NodeRequest.ValueRead, Request([], unchecked((long)Keys), 1, 4, 2)));
        Assert.Equal([0], await values.ServeAsync(NodeRequest.ValueDelete, Request([], 1)));
        Assert.Equal(0, _store.BlockCount);
    }

    /// <summary>Written for as long as the session lasts, whose end comes on another thread: what comes too late is refused, and neither faults nor goes anywhere else.</summary>
    [Fact]
    public async Task Write_WhileTheSessionEnds_IsDoneOrRefused()
    {
        const int Length = 8 << 20;
        byte[] piece = new byte[1 << 20];
        for (int round = 0; round < 10; round++)
        {
            // Another for each: the last one is given up when the server comes to it.
            int number = round + 1;
            RemoteValues values = new(_server.SocketPath, Keys);
            Assert.Equal([0], await values.ServeAsync(NodeRequest.ValueCreate, Request([], number, Length)));
            using SemaphoreSlim isWriting = new(0);
            Task<byte> writing = Task.Run(async () =>
            {
                for (int i = 0; ; i++)
                {
                    byte[] answer = await values.ServeAsync(NodeRequest.ValueWrite, Request(piece, number, i % 8 << 20));
                    if (answer[0] != 0)
                    {
                        return answer[0];
                    }

                    if (i == round)
                    {
                        isWriting.Release();
                    }
                }
            });
            await isWriting.WaitAsync();
            values.Dispose();
            Assert.Equal(Closed, await writing.WaitAsync(Patience.Limit));
        }

        Assert.True(SpinWait.SpinUntil(() => _server.GetTotals() is { Clients: 0, UnsealedObjects: 0, Store.PinnedBytes: 0 }, Patience.Limit), "waited for the clients' ends");
    }

    [Fact]
    public async Task Request_AfterTheSessionsEnd_IsRefused_AndNoConnectionIsMade()
    {
        RemoteValues values = new(_server.SocketPath, Keys);
        values.Dispose();
        Assert.Equal(Closed, (await values.ServeAsync(NodeRequest.ValueCreate, Request([], 1, 10)))[0]);
        Assert.Equal(Closed, (await values.ServeAsync(NodeRequest.ValueRead, Request([], 1, 1, 0, 1)))[0]);
        Assert.Equal(Closed, (await values.ServeAsync(NodeRequest.ValueSeal, Request([], 1)))[0]);
        Assert.Equal(Closed, (await values.ServeAsync(NodeRequest.ValueDelete, Request([], 1)))[0]);
        Assert.Equal(0, _server.GetTotals().Clients);
    }

    public void Dispose()
    {
        _server.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static byte[] Request(byte[] piece, params ReadOnlySpan<long> numbers)
    {
        WireWriter w = WireWriter.Borrow();
        foreach (long number in numbers)
        {
            w.Int(number);
        }

        if (piece.Length > 0)
        {
            w.Bytes(piece);
        }

        return WireForm.Finish(w);
    }
}
