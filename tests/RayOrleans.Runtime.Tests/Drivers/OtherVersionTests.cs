using System.Net.Sockets;
using System.Text.Json.Nodes;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Tests.Drivers;

/// <summary>A driver whose node speaks another version: between them stands somebody who changes what the node says it is.</summary>
public sealed class OtherVersionTests : IAsyncLifetime
{
    private static int s_port = 1000;

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
    [InlineData(1)]
    public async Task Driver_OfANodeOneVersionApart_Works(int apart)
    {
        await using IRay driver = await ConnectAsync(apart);

        Assert.Equal(7, await driver.Put(7));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task Driver_OfANodeFurtherApart_DoesNotStart_AndSaysBothVersions(int apart)
    {
        RayException error = await Assert.ThrowsAsync<RayException>(() => ConnectAsync(apart));

        Assert.Contains($"it speaks version {DriverProtocol.Version + apart} of the protocol, this program version {DriverProtocol.Version}", error.Message, StringComparison.Ordinal);
    }

    private async Task<IRay> ConnectAsync(int apart)
    {
        Socket node = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        node.Connect(new UnixDomainSocketEndPoint(Assert.Single(NodePlace.Find(_port)).Socket));
        return await DriverProcess.StartAsync(new OtherVersion(new SocketChannel(node), apart), new RayOptions(), isElsewhere: false, "a node of another version", CancellationToken.None);
    }

    /// <summary>The channel to a node, with another version in the node's first frame.</summary>
    private sealed class OtherVersion(SessionChannel node, int apart) : SessionChannel
    {
        private byte[]? _first;
        private int _taken;

        public override bool CanSend => node.CanSend;

        public override int Receive(Span<byte> target)
        {
            _first ??= Change(Handshake.ReceiveFrame(node)!);
            if (_taken == _first.Length)
            {
                return node.Receive(target);
            }

            int count = Math.Min(target.Length, _first.Length - _taken);
            _first.AsSpan(_taken, count).CopyTo(target);
            _taken += count;
            return count;
        }

        public override void Send(ReadOnlySpan<byte> bytes) => node.Send(bytes);

        public override void Dispose() => node.Dispose();

        private byte[] Change(byte[] frame)
        {
            JsonNode welcome = JsonNode.Parse(frame)!;
            welcome["Version"] = DriverProtocol.Version + apart;
            welcome["Later"] = new JsonArray(1, 2);
            byte[] changed = System.Text.Encoding.UTF8.GetBytes(welcome.ToJsonString());
            return [.. BitConverter.GetBytes(changed.Length), .. changed];
        }
    }
}
