namespace RayOrleans.Transfer.Tests.Pulling;

public class CancellationTests
{
    private const int MB = TransferNode.MB;

    [Fact]
    public async Task Cancel_OneOfTwo_LeavesTheOther()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(2 * MB));
        TaskCompletionSource open = new();
        source.Opening = _ => open.Task;
        using CancellationTokenSource cancel = new();

        Task<PullResult> first = target.Puller.PullAsync(target.From(source, 1), cancel.Token);
        Task<PullResult> second = target.Puller.PullAsync(target.From(source, 1));
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Reason(first, "the cancelled pull"));
        open.SetResult();

        Assert.True((await Within.Reason(second, "the other pull")).IsPulled);
        Assert.Equal(0, target.Puller.GetTotals().Cancelled);
    }

    [Fact]
    public async Task Cancel_TheLast_StopsThePullAndFreesTheBlock()
    {
        byte[] content = TransferNode.Bytes(20 * MB);
        TaskCompletionSource half = new();
        await using FakePeer peer = FakePeer.Answering(async (socket, request, ct) =>
        {
            await socket.SendAsync(FakePeer.Answer(request, content).AsMemory(0, MB), ct);
            half.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        });
        await using TransferNode target = new();
        using CancellationTokenSource cancel = new();

        Task<PullResult> pull = target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0, peer.EndPoint) with { Length = content.Length }, cancel.Token);
        await Within.Reason(half.Task, "a part to be sent");
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Reason(pull, "the cancelled pull"));
        await Within.Until(() => target.Store.BlockCount == 0 && target.Puller.GetTotals().Running == 0, "the block was freed");
        Assert.Equal(1, target.Puller.GetTotals().Cancelled);
        Assert.Equal(0, Assert.Single(target.Puller.GetPeers()).Connections);
    }

    [Fact]
    public async Task Cancel_WhileQueued_NeverStarts()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => options.BudgetBytes = MB);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        source.Put(TransferNode.Id(2), TransferNode.Bytes(MB));
        TaskCompletionSource open = new();
        source.Opening = _ => open.Task;
        using CancellationTokenSource cancel = new();

        Task<PullResult> first = target.Puller.PullAsync(target.From(source, 1) with { Length = MB });
        Task<PullResult> queued = target.Puller.PullAsync(target.From(source, 2) with { Length = MB }, cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Reason(queued, "the cancelled pull"));
        open.SetResult();

        Assert.True((await Within.Reason(first, "the first pull")).IsPulled);
        await Within.Until(() => source.Server.GetTotals().BytesOut == MB, "the source had sent one object");
    }

    [Fact]
    public async Task Cancel_ThenAskAgain_PullsAnew()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(2 * MB));
        TaskCompletionSource open = new();
        source.Opening = _ => open.Task;
        using CancellationTokenSource cancel = new();

        Task<PullResult> first = target.Puller.PullAsync(target.From(source, 1), cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Reason(first, "the cancelled pull"));
        Task<PullResult> second = target.Puller.PullAsync(target.From(source, 1));
        open.SetResult();

        Assert.True((await Within.Reason(second, "the second pull")).IsPulled);
    }

    [Fact]
    public async Task Pull_CancelledBefore_Throws()
    {
        await using TransferNode target = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0), new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Cancel_AtRandomMoments_LeaksNothing(int seed)
    {
        Random random = new(seed);
        await using TransferNode source = new(128 * MB);
        await using TransferNode target = new(512 * MB, options => options.BudgetBytes = 24 * MB);
        for (int i = 0; i < 8; i++)
            source.Put(TransferNode.Id(i), TransferNode.Bytes((int)(random.NextDouble() * 12 * MB), i));
        List<Task> pulls = [];
        for (int round = 0; round < 200; round++)
        {
            int number = random.Next(8);
            CancellationTokenSource cancel = new();
            Task pull = PullOrCancel(target, target.From(source, number), cancel.Token);
            pulls.Add(pull);
            if (random.Next(3) > 0)
                _ = Task.Run(cancel.Cancel);
            if (random.Next(4) == 0)
                await Within.Reason(pull, "one of the pulls");
            if (random.Next(4) == 0)
                target.Delete(TransferNode.Id(number));
        }

        await Within.Reason(Task.WhenAll(pulls), "all pulls");
    }

    private static async Task PullOrCancel(TransferNode node, PullRequest request, CancellationToken ct)
    {
        try
        {
            PullResult result = await node.Puller.PullAsync(request, ct);
            Assert.True(result.IsPulled, result.Message);
        }
        catch (OperationCanceledException)
        {
            // Cancelled, as it was told.
        }
    }
}
