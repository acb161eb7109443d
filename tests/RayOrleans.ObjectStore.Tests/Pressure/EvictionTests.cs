namespace RayOrleans.ObjectStore.Tests;

public sealed class EvictionTests
{
    private const long MB = TestStore.MB;

    [Fact]
    public void Create_Full_EvictsLeastRecentlyPinnedFirst()
    {
        using TestStore test = new(4 * MB);
        List<StoreBlock> evicted = [];
        StoreBlock[] blocks = [.. Enumerable.Range(0, 4).Select(_ => test.Sealed(MB))];
        foreach (StoreBlock block in blocks)
            block.SetEvictable(evicted.Add);
        blocks[0].Pin().Dispose();

        test.Sealed(MB);
        test.Sealed(MB);
        Assert.Equal([blocks[1], blocks[2]], evicted);
        Assert.All(evicted, block => Assert.True(block.IsDeleted && block.TryPin() is null && !block.Delete()));
        Assert.True(blocks[0].IsEvictable);
        StoreTotals totals = test.Store.GetTotals();
        Assert.Equal((2, 2, 4 * MB, 4), (totals.Evictions, totals.Deletes, totals.UsedBytes, totals.BlockCount));
    }

    [Fact]
    public async Task Create_EvictableBlocksPinned_WaitsForThePin()
    {
        using TestStore test = new(4 * MB);
        int evicted = 0;
        StoreBlock block = test.Sealed(4 * MB);
        block.SetEvictable(_ => evicted++);
        StorePin pin = block.Pin();
        Task<StoreBlock> waiting = test.Store.CreateAsync(MB).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, evicted);
        pin.Dispose();
        await TestStore.Within(waiting, "the request after the evictable block was unpinned");
        Assert.Equal(1, evicted);
    }

    [Fact]
    public async Task Create_Waiting_IsServedWhenABlockBecomesEvictable()
    {
        using TestStore test = new(4 * MB);
        StoreBlock block = test.Sealed(4 * MB);
        Task<StoreBlock> waiting = test.Store.CreateAsync(MB).AsTask();
        block.SetEvictable(_ => { });
        await TestStore.Within(waiting, "the request after a block became evictable");
    }

    [Fact]
    public void Create_RoomInOnePieceNeeded_EvictsOnUntilItFits()
    {
        using TestStore test = new(8 * MB);
        StoreBlock[] blocks = [.. Enumerable.Range(0, 8).Select(_ => test.Sealed(MB))];
        foreach (int i in new[] { 0, 4, 1, 5, 2, 6, 3, 7 })
            blocks[i].SetEvictable(_ => { });
        test.Sealed(2 * MB);
        Assert.InRange(test.Store.GetTotals().Evictions, 2, 4);
    }

    [Fact]
    public void Evictable_Cleared_IsNotEvicted()
    {
        using TestStore test = new(4 * MB);
        StoreBlock block = test.Sealed(4 * MB);
        block.SetEvictable(_ => { });
        block.ClearEvictable();
        Assert.False(block.IsEvictable);
        Assert.Throws<StoreFullException>(() => test.Store.Create(MB, TimeSpan.Zero));
    }

    [Fact]
    public void SetEvictable_NotSealed_IsRefused()
    {
        using TestStore test = new();
        StoreBlock block = test.Store.Create(10);
        Assert.Throws<InvalidOperationException>(() => block.SetEvictable(_ => { }));
        block.Abort();
        Assert.Throws<ObjectDisposedException>(() => block.SetEvictable(_ => { }));
    }

    [Fact]
    public void Evictable_CallbackThrows_IsReportedAndTheMemoryIsUsed()
    {
        List<Exception> reported = [];
        using TestStore test = new(4 * MB, options => options.CallbackFailed = reported.Add);
        test.Sealed(4 * MB).SetEvictable(_ => throw new FormatException("callback"));
        test.Sealed(4 * MB);
        Assert.IsType<FormatException>(Assert.Single(reported));
    }

    [Fact]
    public void Evictable_CallbackDeletesOtherBlocks_IsAllowed()
    {
        using TestStore test = new(4 * MB);
        StoreBlock friend = test.Sealed(2 * MB);
        test.Sealed(2 * MB).SetEvictable(_ => friend.Delete());
        test.Sealed(4 * MB);
        Assert.Equal(1, test.Store.BlockCount);
    }
}
