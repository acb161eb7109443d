namespace RayOrleans.ObjectStore.Tests;

public sealed class FullStoreTests
{
    private const long MB = TestStore.MB;

    [Fact]
    public void Create_LargerThanCapacity_FailsAtOnceWithSizes()
    {
        using TestStore test = new(4 * MB);
        StoreFullException error = Assert.Throws<StoreFullException>(() => test.Store.Create(5 * MB));
        Assert.Equal(5 * MB, error.RequestedBytes);
        Assert.Equal(4 * MB, error.Totals.CapacityBytes);
        Assert.Equal(4 * MB, error.LargestFreeRunBytes);
        Assert.Contains("can never fit", error.Message, StringComparison.Ordinal);
        Assert.Null(test.Store.TryCreate(5 * MB));
        Assert.Equal(0, test.Store.GetTotals().Waits);
    }

    [Fact]
    public void Create_FullUntilTimeout_FailsWithWhatHoldsTheSpace()
    {
        using TestStore test = new(4 * MB);
        StoreBlock kept = test.Sealed(2 * MB);
        StoreBlock unsealed = test.Store.Create(MB);
        Task<StoreBlock> waiting = test.Store.CreateAsync(2 * MB).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, test.Store.GetTotals().Waiting);

        test.Time.Advance(test.Options.FullTimeout);
        StoreFullException error = Assert.IsType<StoreFullException>(waiting.Exception!.InnerException);
        Assert.Equal((3 * MB, MB, 2), (error.Totals.UsedBytes, error.Totals.PinnedBytes, error.Totals.BlockCount));
        Assert.Equal(MB, error.LargestFreeRunBytes);
        Assert.Equal(0, test.Store.GetTotals().Waiting);
        GC.KeepAlive((kept, unsealed));
    }

    [Fact]
    public async Task Create_Full_IsServedByDelete()
    {
        using TestStore test = new(4 * MB);
        StoreBlock kept = test.Sealed(3 * MB);
        Task<StoreBlock> waiting = test.Store.CreateAsync(4 * MB).AsTask();
        Assert.False(waiting.IsCompleted);
        kept.Delete();
        StoreBlock block = await TestStore.Within(waiting, "the waiting request after a delete");
        Assert.Equal(4 * MB, block.Length);
        Assert.Equal(1, test.Store.GetTotals().Waits);
    }

    [Fact]
    public async Task Create_BlockingOverload_IsServedByDeleteOnAnotherThread()
    {
        using TestStore test = new(4 * MB);
        StoreBlock kept = test.Sealed(3 * MB);
        Task<StoreBlock> waiting = Task.Run(() => test.Store.Create(4 * MB));
        Assert.True(SpinWait.SpinUntil(() => test.Store.GetTotals().Waiting == 1, TimeSpan.FromSeconds(30)), "waited for the request to queue");
        kept.Delete();
        await TestStore.Within(waiting, "the blocked request after a delete");
    }

    [Fact]
    public async Task Create_FullOfCachedSmallBlocks_IsServedWhenTheyGo()
    {
        using TestStore test = new(4 * MB);
        List<StoreBlock> small = [];
        while (test.Store.TryCreate(100) is { } block)
            small.Add(block);
        small.ForEach(block => block.Seal());
        Task<StoreBlock> waiting = test.Store.CreateAsync(4 * MB).AsTask();
        small.ForEach(block => block.Delete());
        await TestStore.Within(waiting, "the request for all of the store");
        Assert.Equal(4 * MB, test.Store.UsedBytes);
    }

    [Fact]
    public async Task Create_Cancelled_LeavesTheLineAndServesTheNext()
    {
        using TestStore test = new(4 * MB, options => options.OvertakeBytes = 0);
        StoreBlock kept = test.Sealed(3 * MB);
        using CancellationTokenSource cancel = new();
        Task<StoreBlock> first = test.Store.CreateAsync(4 * MB, null, cancel.Token).AsTask();
        Task<StoreBlock> second = test.Store.CreateAsync(MB).AsTask();
        Assert.False(second.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await TestStore.Within(second, "the request behind a cancelled one");
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Create_Waiting_FailsWhenTheStoreIsDisposed()
    {
        using TestStore test = new(4 * MB);
        StoreBlock kept = test.Sealed(4 * MB);
        Task<StoreBlock> waiting = test.Store.CreateAsync(MB).AsTask();
        test.Store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Throws<ObjectDisposedException>(() => test.Store.TryCreate(1));
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Create_Full_AsksHoldersToCollectAtALimitedRate()
    {
        using TestStore test = new(4 * MB);
        List<long> asked = [];
        StoreBlock held = test.Sealed(4 * MB);
        test.Store.PressureRequested += asked.Add;
        Task<StoreBlock> first = test.Store.CreateAsync(MB).AsTask();
        Task<StoreBlock> second = test.Store.CreateAsync(2 * MB).AsTask();
        Assert.Equal([MB], asked);
        test.Time.Advance(test.Options.PressureInterval);
        Assert.Equal([MB, MB], asked);
        test.Store.PressureRequested += _ => held.Delete();
        test.Time.Advance(test.Options.PressureInterval);
        await TestStore.Within(first, "the request after holders collected");
        await TestStore.Within(second, "the second request after holders collected");
        test.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, asked.Count);
    }

    [Fact]
    public async Task Create_PressureHandlerThrows_IsReportedAndTheRequestLives()
    {
        List<Exception> reported = [];
        using TestStore test = new(4 * MB, options => options.CallbackFailed = reported.Add);
        test.Store.PressureRequested += _ => throw new FormatException("handler");
        StoreBlock held = test.Sealed(4 * MB);
        Task<StoreBlock> waiting = test.Store.CreateAsync(MB).AsTask();
        held.Delete();
        await TestStore.Within(waiting, "the request whose handler failed");
        Assert.IsType<FormatException>(Assert.Single(reported));
    }
}
