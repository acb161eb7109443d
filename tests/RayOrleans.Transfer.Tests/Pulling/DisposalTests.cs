namespace RayOrleans.Transfer.Tests.Pulling;

public sealed class DisposalTests
{
    private const int MB = TransferNode.MB;

    [Fact]
    public async Task DisposePuller_WhileBusy_EndsPullsAndLeavesNothing()
    {
        await using TransferNode source = new(256 * MB);
        TransferNode target = new(64 * MB, options => options.BudgetBytes = 32 * MB);
        for (int i = 0; i < 10; i++)
            source.Put(TransferNode.Id(i), TransferNode.Bytes(16 * MB, i));
        Task<PullResult>[] pulls = [.. Enumerable.Range(0, 10).Select(i => target.Puller.PullAsync(target.From(source, i)))];
        await Within.Until(() => target.Puller.GetTotals().BytesIn > 0, "bytes arrived");

        await target.DisposeAsync();

        PullResult[] results = await Within.Reason(Task.WhenAll(pulls), "the pulls to end");
        Assert.All(results, static result => Assert.True(result.Status is PullStatus.Pulled or PullStatus.Stopped, result.Message));
        Assert.Contains(results, static result => result.Status == PullStatus.Stopped);
    }

    [Fact]
    public async Task DisposeServer_WhileBusy_ReleasesItsPins()
    {
        TransferNode source = new();
        await using TransferNode target = new(puller: options => options.SourceRounds = 1);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(48 * MB));
        source.Opening = _ => Task.CompletedTask;
        Task<PullResult> pull = target.Puller.PullAsync(target.From(source, 1));
        await Within.Until(() => source.Server.GetTotals().Connections > 0, "the puller has connected");

        await source.DisposeAsync();

        PullResult result = await Within.Reason(pull, "the pull to end");
        Assert.True(result.Status is PullStatus.Pulled or PullStatus.SourcesFailed, result.Message);
    }

    [Fact]
    public async Task DisposeServer_WhileItsSourceOpens_DoesNotWaitForIt()
    {
        TransferNode source = new();
        await using TransferNode target = new(puller: options => options.SourceRounds = 1);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB));
        TaskCompletionSource opening = new();
        TaskCompletionSource never = new();
        source.Opening = _ =>
        {
            opening.TrySetResult();
            return never.Task;
        };
        Task<PullResult> pull = target.Puller.PullAsync(target.From(source, 1));
        await Within.Reason(opening.Task, "the source to be asked");

        await source.DisposeAsync();

        Assert.Equal(PullStatus.SourcesFailed, (await Within.Reason(pull, "the pull to end")).Status);
    }
}
