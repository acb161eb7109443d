namespace RayOrleans.ObjectStore.Tests;

public sealed class FairnessTests
{
    private const long MB = TestStore.MB;

    [Fact]
    public async Task Line_EqualRequests_AreServedInOrderOfArrival()
    {
        using TestStore test = new(4 * MB);
        Queue<StoreBlock> live = new([.. Enumerable.Range(0, 4).Select(_ => test.Sealed(MB))]);
        List<Task<StoreBlock>> line = [.. Enumerable.Range(0, 8).Select(_ => test.Store.CreateAsync(MB).AsTask())];
        for (int served = 0; served < line.Count; served++)
        {
            live.Dequeue().Delete();
            live.Enqueue(await TestStore.Within(line[served], $"request {served}"));
            Assert.All(line.Skip(served + 1), later => Assert.False(later.IsCompleted));
        }
    }

    [Fact]
    public async Task Line_BigRequestWaiting_IsNotStarvedByAStreamOfSmallOnes()
    {
        using TestStore test = new(16 * MB, options => options.OvertakeBytes = 2 * MB);
        Queue<StoreBlock> small = new([.. Enumerable.Range(0, 64).Select(_ => test.Sealed(MB / 4))]);
        Task<StoreBlock> big = test.Store.CreateAsync(12 * MB).AsTask();
        List<Task<StoreBlock>> behind = [];
        int overtook = 0;
        while (!big.IsCompleted)
        {
            Assert.True(small.TryDequeue(out StoreBlock? oldest), "small requests starve the big one");
            oldest.Delete();
            if (test.Store.TryCreate(MB / 4) is { } passed)
            {
                Assert.True(++overtook < 100, "small requests overtake without end");
                passed.Seal();
                small.Enqueue(passed);
            }
            else
            {
                behind.Add(test.Store.CreateAsync(MB / 4).AsTask());
            }
        }

        Assert.Equal(8, overtook);
        (await big).Delete();
        Assert.All(behind, task => Assert.True(task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Line_SmallRequestsBehindBig_OvertakeWithinTheBudget()
    {
        using TestStore test = new(4 * MB, options => options.OvertakeBytes = MB);
        StoreBlock kept = test.Sealed(3 * MB);
        Task<StoreBlock> big = test.Store.CreateAsync(4 * MB).AsTask();
        StoreBlock? passed = await TestStore.Within(test.Store.CreateAsync(MB).AsTask(), "a request within the budget");
        Task<StoreBlock> late = test.Store.CreateAsync(64).AsTask();
        passed.Delete();
        Assert.False(late.IsCompleted);
        kept.Delete();
        (await TestStore.Within(big, "the big request")).Delete();
        await TestStore.Within(late, "the request beyond the budget");
    }

    [Fact]
    public void TryCreate_NoRoomWhileOthersWait_CostsNoBudget()
    {
        using TestStore test = new(4 * MB, options => options.OvertakeBytes = MB);
        StoreBlock kept = test.Sealed(4 * MB);
        Task<StoreBlock> big = test.Store.CreateAsync(3 * MB).AsTask();
        for (int i = 0; i < 100; i++)
            Assert.Null(test.Store.TryCreate(MB));
        kept.Delete();
        Assert.True(big.IsCompleted);
        Assert.NotNull(test.Store.TryCreate(MB));
    }
}
