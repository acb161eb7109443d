using System.Net;

namespace RayOrleans.Transfer.Tests.Pulling;

public sealed class PullTests
{
    private const int MB = TransferNode.MB;
    private const int Block = ObjectChecksum.BlockBytes;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100 * 1024)]
    [InlineData((100 * 1024) + 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(8 * MB)]
    [InlineData((8 * MB) + 1)]
    [InlineData((21 * MB) + 12345)]
    public async Task Pull_AnyLength_ArrivesWhole(int length)
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        byte[] bytes = TransferNode.Bytes(length);
        source.Put(TransferNode.Id(1), bytes, version: 3);

        foreach (long? known in new long?[] { null, length })
        {
            PullResult result = await Pull(target, target.From(source, 1, version: 3) with { Length = known });
            Assert.Equal(PullStatus.Pulled, result.Status);
            Assert.Equal(length, result.Object!.Length);
            Assert.Equal(ObjectChecksum.Of(bytes), result.Object.Checksum);
            Assert.Equal(source.Server.EndPoint, result.Object.Source);
        }

        Assert.True(bytes.AsSpan().SequenceEqual(target.Read(TransferNode.Id(1), 3)));
        Assert.Equal(length > 100 * 1024, target.IsInStore(TransferNode.Id(1), 3));
        await Within.Until(() => source.Server.GetTotals().BytesOut == 2 * length, "the source had sent it twice");
        Assert.Equal(2 * length, target.Puller.GetTotals().BytesIn);
        Assert.Empty(source.Failures);
    }

    [Fact]
    public async Task Pull_Large_UsesSeveralConnectionsAndKeepsThem()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => options.ConnectionsPerPull = 3);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(20 * MB));
        source.Put(TransferNode.Id(2), TransferNode.Bytes(20 * MB));

        Assert.True((await Pull(target, target.From(source, 1))).IsPulled);
        Assert.True((await Pull(target, target.From(source, 2))).IsPulled);

        Assert.Equal(3, source.Server.GetTotals().Accepted);
        PeerTotals peer = Assert.Single(target.Puller.GetPeers());
        Assert.Equal(3, peer.Connections);
        Assert.Equal(40 * MB, peer.BytesIn);
        Assert.True(peer.BytesPerSecond > 0);
    }

    [Fact]
    public async Task Pull_BytesOfTheSourcesOwnMemory_IntoTheStore()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => options.InlineLimitBytes = 0);
        byte[] bytes = TransferNode.Bytes(1000);
        source.PutInline(TransferNode.Id(1), bytes);

        Assert.True((await Pull(target, target.From(source, 1))).IsPulled);

        Assert.True(target.IsInStore(TransferNode.Id(1)));
        Assert.Equal(bytes, target.Read(TransferNode.Id(1)));
    }

    [Fact]
    public async Task Pull_WhatWasPulledBefore_ServesOthers()
    {
        await using TransferNode first = new();
        await using TransferNode second = new();
        await using TransferNode third = new();
        byte[] bytes = TransferNode.Bytes(12 * MB);
        first.Put(TransferNode.Id(1), bytes);

        Assert.True((await Pull(second, second.From(first, 1))).IsPulled);
        Assert.True((await Pull(third, third.From(second, 1) with { Checksum = ObjectChecksum.Of(bytes) })).IsPulled);

        Assert.True(bytes.AsSpan().SequenceEqual(third.Read(TransferNode.Id(1))));
        await Within.Until(() => first.Server.GetTotals().BytesOut == 12 * MB, "the first had sent it once");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pull_AnotherVersion_IsNotFound(bool lengthKnown)
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB), version: 1);

        PullResult result = await Pull(target, target.From(source, 1, version: 2) with { Length = lengthKnown ? MB : null });

        Assert.Equal(PullStatus.NotFound, result.Status);
        Assert.Contains("version 2", result.Message);
        Assert.Contains($"{source.Server.EndPoint} does not have it", result.Message);
        Assert.Equal(1, target.Puller.GetTotals().Failed);
        Assert.Equal(0, Assert.Single(target.Puller.GetPeers()).Failures);
    }

    [Fact]
    public async Task Pull_AnotherLength_IsNotFound()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        source.Put(TransferNode.Id(2), TransferNode.Bytes(MB));

        PullResult shorter = await Pull(target, target.From(source, 1) with { Length = MB - 1 });
        PullResult longer = await Pull(target, target.From(source, 2) with { Length = 20 * MB });

        Assert.True(shorter.Status == PullStatus.NotFound, $"{shorter.Status}: {shorter.Message}");
        Assert.Contains($"another length than {MB - 1} bytes", shorter.Message);
        Assert.True(longer.Status == PullStatus.NotFound, $"{longer.Status}: {longer.Message}");
    }

    /// <summary>The source sends the bytes that were asked for; nobody reads them, so nothing else may be asked on that connection.</summary>
    [Fact]
    public async Task Pull_AfterOneOfAnotherLength_IsNotAnsweredWithItsBytes()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        PullResult shorter = await Pull(target, target.From(source, 1) with { Length = MB - 1 });
        Assert.True(shorter.Status == PullStatus.NotFound, $"{shorter.Status}: {shorter.Message}");
        Assert.Equal(0, Assert.Single(target.Puller.GetPeers()).Connections);

        Assert.True((await Pull(target, target.From(source, 1))).IsPulled);
        Assert.Equal(0, Assert.Single(target.Puller.GetPeers()).Failures);
    }

    [Fact]
    public async Task Pull_NoSource_IsNotFound()
    {
        await using TransferNode target = new();
        PullResult result = await Pull(target, TransferNode.From(TransferNode.Id(1), 0));
        Assert.Equal(PullStatus.NotFound, result.Status);
        Assert.Contains("no source is known", result.Message);
    }

    [Fact]
    public async Task Pull_FirstSourceUnreachableSecondEmpty_TakesTheThird()
    {
        await using TransferNode empty = new();
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        IPEndPoint nobody = new(IPAddress.Loopback, 1);

        PullResult result = await Pull(target, TransferNode.From(TransferNode.Id(1), 0, nobody, empty.Server.EndPoint, source.Server.EndPoint));

        Assert.True(result.IsPulled);
        Assert.Equal(source.Server.EndPoint, result.Object.Source);
    }

    [Fact]
    public async Task Pull_SourcesLearntLater_AreAskedForAgain()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        int asked = 0;

        PullResult result = await Pull(target, target.From(source, 1) with
        {
            Sources = _ => ValueTask.FromResult<IReadOnlyList<EndPoint>>(++asked < 3 ? [] : [source.Server.EndPoint]),
        });

        Assert.True(result.IsPulled);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Pull_SourcesFunctionThrows_FailsWithItsMessage()
    {
        await using TransferNode target = new();
        PullResult result = await Pull(target, TransferNode.From(TransferNode.Id(1), 0) with { Sources = _ => throw new InvalidOperationException("the table is away") });
        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("the table is away", result.Message);
    }

    [Fact]
    public async Task Pull_SinkThrows_FailsAndKeepsNothing()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        target.Accepting = _ => throw new InvalidOperationException("the sink is broken");

        PullResult result = await Pull(target, target.From(source, 1));

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("the sink is broken", result.Message);
    }

    [Fact]
    public async Task Pull_ManyAtOnceForTheSame_PullsOnce()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(10 * MB));
        TaskCompletionSource open = new();
        source.Opening = _ => open.Task;

        Task<PullResult>[] pulls = [.. Enumerable.Range(0, 50).Select(_ => target.Puller.PullAsync(target.From(source, 1)))];
        open.SetResult();
        PullResult[] results = await Within.Reason(Task.WhenAll(pulls), "50 pulls of one object");

        Assert.All(results, result => Assert.Same(results[0].Object, result.Object));
        Assert.Equal(1, target.AcceptedCount);
        await Within.Until(() => source.Server.GetTotals().BytesOut == 10 * MB, "the source had sent it once");
        Assert.Equal(49, target.Puller.GetTotals().Joined);
        Assert.Equal(1, target.Puller.GetTotals().Pulled);
    }

    [Fact]
    public async Task Pull_AfterDispose_Throws()
    {
        TransferNode target = new();
        await target.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0)));
    }

    [Fact]
    public async Task Forget_ClosesAndKeepsTheTotal()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        await Pull(target, target.From(source, 1));

        target.Puller.Forget(source.Server.EndPoint);

        Assert.Empty(target.Puller.GetPeers());
        Assert.Equal(MB, target.Puller.GetTotals().BytesIn);
        await Within.Until(() => source.Server.GetTotals().Connections == 0, "the connection was closed");
    }

    private static Task<PullResult> Pull(TransferNode node, PullRequest request) => Within.Reason(node.Puller.PullAsync(request), $"the pull of {request.Id}");
}
