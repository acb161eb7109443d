using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer.Tests.Pulling;

public sealed class AdmittedPullTests
{
    private const int MB = TransferNode.MB;

    [Fact]
    public async Task Pull_ManyThatExceedTheBudgetTogether_AllArriveWithinIt()
    {
        const int Count = 60;
        await using TransferNode source = new(256 * MB);
        await using TransferNode target = new(256 * MB, options => options.BudgetBytes = 10 * MB);
        for (int i = 0; i < Count; i++)
            source.Put(TransferNode.Id(i), TransferNode.Bytes(3 * MB, i));
        long most = 0;
        target.Accepting = _ => InterlockedMax(ref most, target.Puller.GetTotals().BytesInFlight);

        Task<PullResult>[] pulls = [.. Enumerable.Range(0, Count).Select(i => target.Puller.PullAsync(target.From(source, i) with { Class = (PullClass)(i % 3) }))];
        PullResult[] results = await Within.Reason(Task.WhenAll(pulls), $"{Count} pulls");

        Assert.All(results, static result => Assert.True(result.IsPulled, result.Message));
        // The oldest of each class may have been admitted beyond the budget when it was the top one.
        Assert.InRange(most, 3 * MB, (10 + 3 + 3) * MB);
        for (int i = 0; i < Count; i++)
            Assert.True(TransferNode.Bytes(3 * MB, i).AsSpan().SequenceEqual(target.Read(TransferNode.Id(i))), $"Object {i} differs.");
    }

    [Fact]
    public async Task Raise_OfAPullThatWaits_PassesThoseBeforeIt_AndOfNoPullDoesNothing()
    {
        const int Count = 8;
        await using TransferNode source = new(256 * MB);
        await using TransferNode target = new(256 * MB, options => options.BudgetBytes = MB);
        for (int i = 0; i < Count; i++)
            source.Put(TransferNode.Id(i), TransferNode.Bytes(MB, i));
        using ManualResetEventSlim gate = new();
        List<ObjectId> order = [];
        target.Accepting = pulled =>
        {
            lock (order)
                order.Add(pulled.Id);
            gate.Wait();
        };
        Task<PullResult>[] pulls = [.. Enumerable.Range(0, Count).Select(i => target.Puller.PullAsync(target.From(source, i)))];
        target.Puller.Raise(TransferNode.Id(Count - 1), target.From(source, Count - 1).Version, PullClass.Get);
        target.Puller.Raise(TransferNode.Id(Count), 0, PullClass.Get);
        gate.Set();
        Assert.All(await Within.Reason(Task.WhenAll(pulls), "the pulls"), static result => Assert.True(result.IsPulled, result.Message));
        Assert.InRange(order.IndexOf(TransferNode.Id(Count - 1)), 0, 1);
        Assert.Equal(Count, target.Puller.GetTotals().Pulled);
        Assert.Equal(0, target.Puller.GetTotals().BytesInFlight);
    }

    [Fact]
    public async Task Pull_LargerThanTheBudget_IsAdmittedAlone()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => options.BudgetBytes = MB);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(12 * MB));
        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");
        Assert.True(result.IsPulled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pull_LargerThanTheStore_FailsAtOnceWithSizes(bool lengthKnown)
    {
        await using TransferNode source = new();
        await using TransferNode target = new(4 * MB);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(5 * MB));

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1) with { Length = lengthKnown ? 5 * MB : null }), "the pull");

        Assert.Equal(PullStatus.TooLarge, result.Status);
        Assert.Contains($"{5 * MB} bytes", result.Message);
        Assert.Contains($"{4 * MB} bytes", result.Message);
        Assert.Equal(0, source.Server.GetTotals().BytesOut);
        Assert.Equal(1, target.Puller.GetTotals().Failed);
    }

    [Fact]
    public async Task PullAll_LargerThanTheStoreTogether_FailsAtOnce()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(4 * MB);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(3 * MB));
        source.Put(TransferNode.Id(2), TransferNode.Bytes(3 * MB));

        IReadOnlyList<PullResult> results = await Within.Reason(target.Puller.PullAllAsync([target.From(source, 1), target.From(source, 2)]), "the pulls");

        Assert.All(results, static result => Assert.Equal(PullStatus.TooLarge, result.Status));
        Assert.Contains("2 objects", results[0].Message);
    }

    [Fact]
    public async Task PullAll_ResultsAreInTheOrderAsked_AndOneMayFail()
    {
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), TransferNode.Bytes(MB, 1));
        source.Put(TransferNode.Id(3), TransferNode.Bytes(2 * MB, 3));

        IReadOnlyList<PullResult> results = await Within.Reason(
            target.Puller.PullAllAsync([target.From(source, 3), target.From(source, 2), target.From(source, 1), target.From(source, 3)]),
            "the pulls");

        Assert.Equal([PullStatus.Pulled, PullStatus.NotFound, PullStatus.Pulled, PullStatus.Pulled], results.Select(static result => result.Status));
        Assert.Equal(2 * MB, results[0].Object!.Length);
        Assert.Equal(MB, results[2].Object!.Length);
        Assert.Same(results[0].Object, results[3].Object);
    }

    [Fact]
    public async Task Pull_MoreUrgent_StartsWhatWaits()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => options.BudgetBytes = 2 * MB);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(2 * MB));
        source.Put(TransferNode.Id(2), TransferNode.Bytes(2 * MB));
        TaskCompletionSource first = new();
        source.Opening = id => id == TransferNode.Id(1) ? first.Task : Task.CompletedTask;
        PullRequest Known(int number) => target.From(source, number) with { Length = 2 * MB };

        Task<PullResult> running = target.Puller.PullAsync(Known(1));
        Task<PullResult> waiting = target.Puller.PullAsync(Known(2));
        Assert.Equal(1, target.Puller.GetTotals().Queued);
        Task<PullResult> urgent = target.Puller.PullAsync(Known(2) with { Class = PullClass.Get });

        Assert.True((await Within.Reason(urgent, "the urgent pull")).IsPulled);
        Assert.True((await Within.Reason(waiting, "the pull that the urgent one joined")).IsPulled);
        Assert.False(running.IsCompleted);
        first.SetResult();
        Assert.True((await Within.Reason(running, "the first pull")).IsPulled);
    }

    [Fact]
    public async Task Pull_StoreFull_WaitsForRoom()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(4 * MB);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(3 * MB));
        StoreBlock inTheWay = target.Store.Create(2 * MB);
        inTheWay.Seal();

        Task<PullResult> pull = target.Puller.PullAsync(target.From(source, 1));
        await Within.Until(() => target.Store.GetTotals().Waiting == 1, "the pull waits for room");
        Assert.False(pull.IsCompleted);
        inTheWay.Delete();

        Assert.True((await Within.Reason(pull, "the pull")).IsPulled);
    }

    [Fact]
    public async Task Pull_StoreStaysFull_FailsWithSizes()
    {
        await using TransferNode source = new();
        await using TransferNode target = new(4 * MB, options => options.StoreFullTimeout = TimeSpan.FromMilliseconds(10));
        source.Put(TransferNode.Id(1), TransferNode.Bytes(3 * MB));
        StoreBlock inTheWay = target.Store.Create(2 * MB);
        inTheWay.Seal();

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");

        Assert.Equal(PullStatus.StoreFull, result.Status);
        Assert.Contains($"no room for {3 * MB} bytes", result.Message);
        inTheWay.Delete();
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Volatile.Read(ref target);
        while (value > seen)
        {
            long before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
