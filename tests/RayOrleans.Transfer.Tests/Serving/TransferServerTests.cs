using System.Net;

namespace RayOrleans.Transfer.Tests.Serving;

public sealed class TransferServerTests
{
    private const int MB = TransferNode.MB;
    private static readonly ObjectKey Key = new(TransferNode.Id(1), 0);

    [Fact]
    public async Task Start_ByDefault_ListensOnLoopbackOnly()
    {
        await using TransferNode node = new();
        Assert.Equal(IPAddress.Loopback, node.Server.EndPoint.Address);
        Assert.NotEqual(0, node.Server.EndPoint.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: example\r\nConnection: close\r\nAccept: */*\r\n\r\n")]
    public async Task Connect_WithoutHello_IsClosed(string words)
    {
        ManualTime time = new();
        await using TransferNode node = new(server: options => options.TimeProvider = time);
        using RawClient client = await RawClient.ConnectAsync(node.Server.EndPoint, greet: false);
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(words));

        await Within.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(4));
                return node.Server.GetTotals().Rejected == 1;
            },
            "the stranger was rejected");
        await client.AssertClosedAsync();
        await AssertServesAsync(node);
    }

    [Fact]
    public async Task Connect_OtherVersion_IsRejectedAndOneMinorApartIsNot()
    {
        await using TransferNode node = new();
        foreach ((int at, bool works) in new[] { (4, false), (5, true) })
        {
            using RawClient client = await RawClient.ConnectAsync(node.Server.EndPoint, greet: false);
            byte[] hellos = new byte[2 * HelloFrame.Bytes];
            HelloFrame.Write(hellos);
            hellos[at]++;
            await client.SendAsync(hellos[..HelloFrame.Bytes]);
            (await client.ReceiveAsync(HelloFrame.Bytes)).CopyTo(hellos, HelloFrame.Bytes);
            if (works)
                await client.SendAsync(System.Security.Cryptography.HMACSHA256.HashData([], [(byte)'C', .. hellos]));
            else
                await client.AssertClosedAsync();
            if (works)
                await client.ReceiveAsync(32);
        }

        Assert.Equal(1, node.Server.GetTotals().Rejected);
    }

    [Fact]
    public async Task Request_BytesOfARange_AreSentWithTheirChecksums()
    {
        await using TransferNode node = new();
        byte[] content = TransferNode.Bytes(MB);
        node.Put(Key.Id, content);
        using RawClient client = await RawClient.ConnectAsync(node.Server.EndPoint);
        RequestFrame request = new(Ask.Bytes, 9, Key, ObjectChecksum.BlockBytes, 300_000);

        await client.SendAsync(request);

        ResponseFrame head = ResponseFrame.Read(await client.ReceiveAsync(ResponseFrame.Bytes), request);
        Assert.Equal(MB, head.ObjectLength);
        byte[] body = await client.ReceiveAsync(300_000);
        Assert.True(content.AsSpan(ObjectChecksum.BlockBytes, 300_000).SequenceEqual(body));
        byte[] checksums = await client.ReceiveAsync(16);
        Assert.Equal(ObjectChecksum.OfBlock(body.AsSpan(0, ObjectChecksum.BlockBytes)), BitConverter.ToUInt64(checksums));
        Assert.Equal(ObjectChecksum.OfBlock(body.AsSpan(ObjectChecksum.BlockBytes)), BitConverter.ToUInt64(checksums, 8));
    }

    [Fact]
    public async Task Request_BeyondTheEnd_IsAnsweredAndTheConnectionGoesOn()
    {
        await using TransferNode node = new();
        node.Put(Key.Id, TransferNode.Bytes(1000));
        using RawClient client = await RawClient.ConnectAsync(node.Server.EndPoint);
        foreach ((long offset, int length, Answer expected) in new[] { (0L, 1001, Answer.OutOfRange), (1L << 40, 0, Answer.OutOfRange), (0L, 1000, Answer.Here) })
        {
            RequestFrame request = new(Ask.Bytes, 1, Key, offset, length);
            await client.SendAsync(request);
            Assert.Equal(expected, ResponseFrame.Read(await client.ReceiveAsync(ResponseFrame.Bytes), request).Answer);
        }
    }

    [Theory]
    [InlineData(Ask.Bytes, 0L, -1)]
    [InlineData(Ask.Bytes, 0L, int.MaxValue)]
    [InlineData(Ask.Bytes, 0L, WireLimits.MaxFetchBytes + 1)]
    [InlineData(Ask.Bytes, -ObjectChecksum.BlockBytes, 10)]
    [InlineData(Ask.Bytes, 17L, 10)]
    [InlineData(Ask.Bytes, long.MaxValue, 10)]
    [InlineData((Ask)0, 0L, 0)]
    [InlineData((Ask)3, 0L, 0)]
    internal async Task Request_Invalid_ClosesThatConnectionOnly(Ask ask, long offset, int length)
    {
        await using TransferNode node = new();
        node.Put(Key.Id, TransferNode.Bytes(1000));
        using RawClient good = await RawClient.ConnectAsync(node.Server.EndPoint);
        using RawClient bad = await RawClient.ConnectAsync(node.Server.EndPoint);

        await bad.SendAsync(new RequestFrame(ask, 1, Key, offset, length));

        await bad.AssertClosedAsync();
        RequestFrame request = new(Ask.Bytes, 1, Key, 0, 1000);
        await good.SendAsync(request);
        Assert.Equal(Answer.Here, ResponseFrame.Read(await good.ReceiveAsync(ResponseFrame.Bytes), request).Answer);
        await Within.Until(() => node.Server.GetTotals().Broken == 1, "the broken connection was counted");
    }

    [Fact]
    public async Task Connect_TooMany_AreClosed()
    {
        await using TransferNode node = new(server: options => options.MaxConnections = 1);
        using RawClient first = await RawClient.ConnectAsync(node.Server.EndPoint);
        using RawClient second = await RawClient.ConnectAsync(node.Server.EndPoint, greet: false);
        await second.AssertClosedAsync();
        Assert.Equal(1, node.Server.GetTotals().Crowded);
        Assert.Equal(1, node.Server.GetTotals().Connections);
    }

    [Fact]
    public async Task Connection_Idle_IsClosedAfterTheLimitAndThePullerNoticesIt()
    {
        ManualTime time = new();
        await using TransferNode source = new(server: options => options.TimeProvider = time);
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        source.Put(TransferNode.Id(2), TransferNode.Bytes(MB));
        Assert.True((await target.Puller.PullAsync(target.From(source, 1))).IsPulled);

        await Within.Until(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(6));
                return source.Server.GetTotals().Connections == 0;
            },
            "the idle connection was closed");

        Assert.True((await target.Puller.PullAsync(target.From(source, 2))).IsPulled);
        PeerTotals peer = Assert.Single(target.Puller.GetPeers());
        Assert.Equal((0, 1), (peer.Failures, peer.Connections));
        Assert.Equal(0, source.Server.GetTotals().Broken);
    }

    [Fact]
    public async Task Connection_ThatDoesNotRead_IsClosedAfterTheStallLimitAndItsPinReleased()
    {
        ManualTime time = new();
        await using TransferNode node = new(256 * MB, server: options => options.TimeProvider = time);
        node.Put(Key.Id, new byte[WireLimits.MaxFetchBytes]);
        using RawClient client = await RawClient.ConnectAsync(node.Server.EndPoint);
        await client.SendAsync(new RequestFrame(Ask.Bytes, 1, Key, 0, WireLimits.MaxFetchBytes));
        await client.ReceiveAsync(ResponseFrame.Bytes);
        Assert.True(node.Store.PinnedBytes > 0);

        await Within.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return node.Server.GetTotals().Broken == 1;
            },
            "the connection was given up");
        await Within.Until(() => node.Store.PinnedBytes == 0, "the pin was released");
    }

    [Fact]
    public async Task Source_Throws_CostsTheConnectionAndIsReported()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Opening = _ => throw new InvalidOperationException("the disk is gone");

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains(source.Failures, static error => error.Message == "the disk is gone");
        await AssertServesAsync(source, opening: null);
    }

    [Fact]
    public async Task PullerCloses_InTheMiddle_ReleasesThePin()
    {
        await using TransferNode node = new(128 * MB);
        node.Put(Key.Id, new byte[WireLimits.MaxFetchBytes]);
        using (RawClient client = await RawClient.ConnectAsync(node.Server.EndPoint))
        {
            await client.SendAsync(new RequestFrame(Ask.Bytes, 1, Key, 0, WireLimits.MaxFetchBytes));
            await client.ReceiveAsync(100_000);
        }

        await Within.Until(() => node.Store.PinnedBytes == 0 && node.Server.GetTotals().Connections == 0, "the pin was released");
        Assert.Equal(1, node.Server.GetTotals().Broken);
    }

    private static async Task AssertServesAsync(TransferNode node, Func<ObjectId, Task>? opening = null)
    {
        node.Opening = opening;
        await using TransferNode target = new();
        node.Put(TransferNode.Id(99), TransferNode.Bytes(10));
        Assert.True((await Within.Reason(target.Puller.PullAsync(target.From(node, 99)), "a pull")).IsPulled);
    }
}
