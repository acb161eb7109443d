using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Tests.Drivers;

/// <summary>What a node does with whatever comes to its socket for drivers.</summary>
public sealed class DriverPortTests : IAsyncLifetime
{
    private static int s_port = 1;

    private readonly int _port = -Interlocked.Increment(ref s_port);
    private IRay _ray = null!;
    private ProcessAccess _access = null!;
    private DriverPort _drivers = null!;

    public async Task InitializeAsync()
    {
        _ray = await Ray.InitAsync(o => o.ObjectStoreBytes = 16 << 20);
        NodeServices node = ((RayScope)_ray).Node;
        _access = new ProcessAccess(node);
        _drivers = new DriverPort(node, _access, _port);
    }

    public async Task DisposeAsync()
    {
        _drivers.Dispose();
        _access.Dispose();
        await _ray.DisposeAsync();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void Hello_OfAVersionOneApart_IsTaken_WhateverElseItSays(int apart)
    {
        using SocketChannel channel = Connect();
        DriverWelcome welcome = Greet(channel, $$"""{"Later":{"Versions":["say","more"]},"Version":{{DriverProtocol.Version + apart}},"Name":"n"}""");
        Assert.Null(welcome.Refusal);
        Assert.NotNull(welcome.Setup);
        Assert.Equal(DriverProtocol.Version, welcome.Version);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void Hello_OfAVersionFurtherApart_IsRefusedWithBothVersions(int apart)
    {
        using SocketChannel channel = Connect();
        DriverWelcome welcome = Greet(channel, $$"""{"Version":{{DriverProtocol.Version + apart}}}""");
        Assert.True(welcome.Setup is null or []);
        Assert.Contains($"version {DriverProtocol.Version} ", welcome.Refusal, StringComparison.Ordinal);
        Assert.Contains($"version {DriverProtocol.Version + apart}:", welcome.Refusal, StringComparison.Ordinal);
        Assert.Equal(0, channel.Receive(new byte[1]));
        Assert.Equal(0, _drivers.Count);
    }

    [Fact]
    public async Task WhateverComes_EndsThatConnection_AndNobodyElses()
    {
        using SocketChannel other = Connect();
        Assert.Null(Greet(other, $$"""{"Version":{{DriverProtocol.Version}}}""").Refusal);
        for (int seed = 0; seed < 120; seed++)
        {
            Random random = new(seed);
            byte[] garbage = new byte[random.Next(1, 300)];
            random.NextBytes(garbage);
            using SocketChannel channel = Connect();
            try
            {
                if (seed % 3 > 0)
                {
                    // Behind the first bytes, or behind a whole greeting.
                    channel.Send(DriverHello.Magic);
                }

                if (seed % 3 == 2)
                {
                    Handshake.SendFrame(channel, Encoding.UTF8.GetBytes($$"""{"Version":{{DriverProtocol.Version}}}"""));
                    Assert.NotNull(Handshake.ReceiveFrame(channel));
                }

                channel.Send(garbage);
            }
            catch (SocketException)
            {
                // It was closed before all of it was sent.
            }
        }

        await Task.Run(() => Patience.Until(() => _drivers.Count == 1, () => $"all but one of {_drivers.Count} drivers to be gone"));

        // A question for a key that is not there: the session of the other one goes on.
        byte[] question = [18, 0, 0, 0, (byte)SessionFrame.Request, 1, 0, 0, 0, 0, 0, 0, 0, (byte)NodeRequest.KeyGet, .. KeyQuestion("none")];
        BitConverter.TryWriteBytes(question, question.Length - 4);
        other.Send(question);
        byte[] answer = new byte[14];
        for (int got = 0; got < answer.Length;)
        {
            int count = other.Receive(answer.AsSpan(got));
            Assert.NotEqual(0, count);
            got += count;
        }

        Assert.Equal((byte)SessionFrame.Answer, answer[4]);
        Assert.Equal(0, answer[13]);
    }

    private static byte[] KeyQuestion(string key)
    {
        WireWriter w = WireWriter.Borrow();
        w.Text(key);
        return WireForm.Finish(w);
    }

    private static DriverWelcome Greet(SocketChannel channel, string hello)
    {
        channel.Send(DriverHello.Magic);
        Handshake.SendFrame(channel, Encoding.UTF8.GetBytes(hello));
        return JsonSerializer.Deserialize<DriverWelcome>(Handshake.ReceiveFrame(channel)!)!;
    }

    private SocketChannel Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Assert.Single(NodePlace.Find(_port)).Socket));
        return new SocketChannel(socket);
    }
}
