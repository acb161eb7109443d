using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RayOrleans.Silo.Chaos.Network;

namespace RayOrleans.Silo.Tests.Chaos;

/// <summary>The proxies between silos: this process talks through one to a listener of its own, which stands for a silo.</summary>
public sealed class ChaosNetworkTests
{
    private const int Place = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(300);

    [Fact]
    public Task Open_BytesArriveBothWays() => RunAsync(async (_, client, server) =>
    {
        await SendAsync(client, 1);
        Assert.Equal(1, await ReceiveAsync(server));
        await SendAsync(server, 2);
        Assert.Equal(2, await ReceiveAsync(client));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await server.ReceiveAsync(new ArraySegment<byte>(new byte[1])).WaitAsync(Patience));
        await SendAsync(server, 3);
        Assert.Equal(3, await ReceiveAsync(client));
    });

    [Fact]
    public Task Silenced_BytesArriveWhenHealed_InOrderAndAll() => RunAsync(async (network, client, server) =>
    {
        await SendAsync(client, 1);
        Assert.Equal(1, await ReceiveAsync(server));
        network.Isolate(Place, LinkState.Held);
        await SendAsync(client, 2);
        await SendAsync(client, 3);
        Task<int> held = ReceiveAsync(server);

        // That nothing arrives can only be seen by waiting; a slow machine makes it no less true.
        await Task.Delay(Lag);
        Assert.False(held.IsCompleted);

        network.Heal();

        Assert.Equal(2, await held);
        Assert.Equal(3, await ReceiveAsync(server));
    });

    [Fact]
    public Task CutOff_OldConnectionsAreReset_AndNewOnesRefused_UntilHealed() => RunAsync(async (network, client, server) =>
    {
        await SendAsync(client, 1);
        Assert.Equal(1, await ReceiveAsync(server));
        EndPoint address = client.RemoteEndPoint!;

        network.Isolate(Place, LinkState.Refused);

        await Assert.ThrowsAsync<SocketException>(() => ReceiveAsync(client));
        await Assert.ThrowsAsync<SocketException>(() => ReceiveAsync(server));
        using Socket refused = NewSocket();
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => refused.ConnectAsync(address));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        network.Heal();
        using Socket again = NewSocket();
        await again.ConnectAsync(address);
        await SendAsync(again, 2);
    });

    [Fact]
    public Task Parted_TwoPlacesDoNotHearEachOther_AThirdIsNotTouched() => RunAsync(async (network, client, server) =>
    {
        network.Separate(Place, Place + 1, LinkState.Held);
        await SendAsync(client, 1);
        Assert.Equal(1, await ReceiveAsync(server));
        network.Separate(ChaosNetwork.Driver, Place, LinkState.Held);
        await SendAsync(server, 2);
        Task<int> held = ReceiveAsync(client);

        // That nothing arrives can only be seen by waiting; a slow machine makes it no less true.
        await Task.Delay(Lag);
        Assert.False(held.IsCompleted);
        network.Heal();
        Assert.Equal(2, await held);
    });

    [Fact]
    public Task Delayed_OnlyTheOneDirectionIsLate() => RunAsync(async (network, client, server) =>
    {
        network.Delay(Place, Lag, isOutward: true);
        await SendAsync(client, 1);
        Assert.Equal(1, await ReceiveAsync(server));
        long sent = Stopwatch.GetTimestamp();
        await SendAsync(server, 2);
        Assert.Equal(2, await ReceiveAsync(client));

        // Timers may be some milliseconds early.
        Assert.True(Stopwatch.GetElapsedTime(sent) >= Lag * 0.9);
    });

    private static async Task RunAsync(Func<ChaosNetwork, Socket, Socket, Task> test)
    {
        if (!ChaosNetwork.IsSupported)
        {
            return;
        }

        ChaosNetwork network = new();
        await using SiloGate gate = network.Open(Place);
        Grains.RayClusterOptions options = new();
        gate.ApplyTo(options);
        using Socket listener = NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, options.SiloListenPort));
        listener.Listen();
        using Socket client = NewSocket();
        await client.ConnectAsync(IPAddress.Loopback, options.SiloPort);
        using Socket server = await listener.AcceptAsync().WaitAsync(Patience);
        await test(network, client, server);
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static async Task SendAsync(Socket socket, byte value) => await socket.SendAsync(new ArraySegment<byte>([value])).WaitAsync(Patience);

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        byte[] value = new byte[1];
        return await socket.ReceiveAsync(new ArraySegment<byte>(value)).WaitAsync(Patience) == 1 ? value[0] : throw new SocketException((int)SocketError.ConnectionReset);
    }
}
