using System.Net;
using RayOrleans.Transfer.Tests.Serving;

namespace RayOrleans.Transfer.Tests.Pulling;

public sealed class BroadcastTests
{
    private const int MB = TransferNode.MB;
    private const int Readers = 6;
    private static readonly ObjectId Id = TransferNode.Id(1);

    [Fact]
    public async Task Pull_FromABusySource_GoesOnWhereTheObjectIsMeanwhile()
    {
        await using TransferNode source = new(256 * MB, server: OneReader);
        await using TransferNode other = new(256 * MB);
        await using TransferNode target = new(256 * MB);
        byte[] bytes = new byte[WireLimits.MaxFetchBytes];
        new Random(1).NextBytes(bytes);
        source.Put(Id, bytes);
        other.Put(Id, bytes);

        // Takes the only place and does not read on, so the place stays taken.
        using RawClient reader = await RawClient.ConnectAsync(source.Server.EndPoint);
        await reader.SendAsync(new RequestFrame(Ask.Bytes, 1, new ObjectKey(Id, 0), 0, WireLimits.MaxFetchBytes, Reader: 7));
        await reader.ReceiveAsync(ResponseFrame.Bytes);

        EndPoint[] sources = [source.Server.EndPoint];
        Task<PullResult> pull = target.Puller.PullAsync(TransferNode.From(Id, 0) with { Sources = _ => new(Volatile.Read(ref sources)) });
        await Within.Until(() => source.Server.GetTotals().Busy > 3, "the source has sent the puller away several times");
        Assert.False(pull.IsCompleted);
        Volatile.Write(ref sources, [source.Server.EndPoint, other.Server.EndPoint]);

        PullResult result = await Within.Reason(pull, "the pull");
        Assert.True(result.IsPulled, result.Message);
        Assert.Equal(other.Server.EndPoint, result.Object!.Source);
        Assert.True(bytes.AsSpan().SequenceEqual(target.Read(Id)));
        Assert.Equal(0, target.Puller.GetPeers().Sum(p => p.Failures));
    }

    [Fact]
    public async Task Pull_FromABusySource_GoesOnWhenItsReaderHasGone()
    {
        await using TransferNode source = new(256 * MB, server: OneReader);
        await using TransferNode target = new(256 * MB);
        source.Put(Id, new byte[WireLimits.MaxFetchBytes]);
        Task<PullResult> pull;
        using (RawClient reader = await RawClient.ConnectAsync(source.Server.EndPoint))
        {
            await reader.SendAsync(new RequestFrame(Ask.Bytes, 1, new ObjectKey(Id, 0), 0, WireLimits.MaxFetchBytes, Reader: 7));
            await reader.ReceiveAsync(ResponseFrame.Bytes);
            pull = target.Puller.PullAsync(target.From(source, 1));
            await Within.Until(() => source.Server.GetTotals().Busy > 0, "the source has sent the puller away");
        }

        Assert.True((await Within.Reason(pull, "the pull")).IsPulled);
    }

    [Fact]
    public async Task Broadcast_ToMany_IsServedByThoseThatHaveIt()
    {
        await using TransferNode source = new(64 * MB, server: OneReader);
        byte[] bytes = TransferNode.Bytes(20 * MB);
        source.Put(Id, bytes);
        TransferNode[] targets = [.. Enumerable.Range(0, Readers).Select(_ => new TransferNode(64 * MB, server: OneReader))];
        try
        {
            PullRequest request = TransferNode.From(Id, 0) with { Sources = _ => new(Sources()) };
            PullResult[] results = await Within.Reason(Task.WhenAll(targets.Select(t => t.Puller.PullAsync(request))), "all pulls");

            Assert.All(results, r => Assert.True(r.IsPulled, r.Message));
            Assert.All(targets, t => Assert.True(bytes.AsSpan().SequenceEqual(t.Read(Id))));
            Assert.Equal(Readers * 20L * MB, targets.Append(source).Sum(n => n.Server.GetTotals().BytesOut));
        }
        finally
        {
            foreach (TransferNode target in targets)
                await target.DisposeAsync();
        }

        IReadOnlyList<EndPoint> Sources() => [source.Server.EndPoint, .. targets.Where(t => t.IsInStore(Id)).Select(t => t.Server.EndPoint)];
    }

    private static void OneReader(TransferServerOptions options)
    {
        options.MaxReadersPerObject = 1;
        options.SharedReadBytes = MB;
    }
}
