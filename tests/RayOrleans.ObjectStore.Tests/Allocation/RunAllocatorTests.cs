namespace RayOrleans.ObjectStore.Tests;

public sealed class RunAllocatorTests
{
    private const long MB = 1 << 20;

    public static TheoryData<int, long, long> Seeds()
    {
        TheoryData<int, long, long> data = [];
        for (int seed = 1; seed <= 12; seed++)
        {
            data.Add(seed, 8 * MB, 2000);
            data.Add(seed, 64 * MB, 8 * MB);
            data.Add(seed, 1 * MB, 200_000);
        }

        data.Add(Environment.TickCount, 32 * MB, 4 * MB);
        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Allocator_RandomTakesAndReturns_AgreesWithNaiveModel(int seed, long capacity, long longest)
    {
        try
        {
            RunRandomly(new Random(seed), new ModelArena(capacity), capacity, longest);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}, capacity {capacity}, longest {longest}: {error.Message}", error);
        }
    }

    [Fact]
    public void Allocator_LargeBlockFreedAndTakenAgain_LandsOnSameMemory()
    {
        ModelArena arena = new(1024 * MB);
        List<long> small = [];
        long first = arena.Take(800 * MB)!.Value;
        arena.GiveBack(first);
        for (int i = 0; i < 1000; i++)
        {
            small.Add(arena.Take(100)!.Value);
            long again = arena.Take(800 * MB)!.Value;
            small.Add(arena.Take(5000)!.Value);
            Assert.Equal(first, again);
            arena.GiveBack(again);
        }

        Assert.InRange(arena.CommittedBytes, 800 * MB, 810 * MB);
    }

    [Fact]
    public void Allocator_EqualLargeBlocksForever_CommitsOnlyWhatLivesAtOnce()
    {
        ModelArena arena = new(1024 * MB);
        Queue<long> live = new();
        for (int i = 0; i < 5000; i++)
        {
            if (live.Count == 4)
                arena.GiveBack(live.Dequeue());
            live.Enqueue(arena.Take(50_000_000)!.Value);
        }

        Assert.InRange(arena.CommittedBytes, 4 * 50_000_000, 4 * 51 * MB);
    }

    [Fact]
    public void Allocator_PlaceInTheMiddleOfAFreeRun_IsTakenThere_AndTheRestStaysFree()
    {
        ModelArena arena = new(64 * MB);
        long[] taken = [.. Enumerable.Range(0, 6).Select(_ => arena.Take(4 * MB)!.Value)];
        Assert.Null(arena.TakeAt(taken[2], 4 * MB));
        foreach (long offset in taken)
            arena.GiveBack(offset);
        Assert.Equal(taken[2], arena.TakeAt(taken[2], 4 * MB));
        Assert.Null(arena.TakeAt(taken[1], 8 * MB));
        Assert.Equal(taken[0], arena.TakeAt(taken[0], 8 * MB));
        Assert.Equal(taken[3], arena.Take(12 * MB));
        Assert.InRange(arena.CommittedBytes, 24 * MB, 25 * MB);
    }

    [Fact]
    public void Allocator_MostRecentlyFreedOfOneSize_IsReusedFirst()
    {
        ModelArena arena = new(16 * MB);
        long[] blocks = [.. Enumerable.Range(0, 9).Select(_ => arena.Take(MB)!.Value)];
        foreach (int i in new[] { 1, 5, 3 })
            arena.GiveBack(blocks[i]);
        Assert.Equal([blocks[3], blocks[5], blocks[1]], new[] { arena.Take(MB)!.Value, arena.Take(MB)!.Value, arena.Take(MB)!.Value });
    }

    [Fact]
    public void Allocator_EverythingFreed_KeepsNoRunsPerOldBlock()
    {
        ModelArena arena = new(64 * MB);
        List<long> blocks = [.. Enumerable.Range(0, 20_000).Select(i => arena.Take(64 + (i % 2000))!.Value)];
        blocks.ForEach(arena.GiveBack);
        Assert.InRange(arena.RunCount, 1, 2);
    }

    private static void RunRandomly(Random random, ModelArena arena, long capacity, long longest)
    {
        long place = 0;
        for (int step = 0; step < 6000; step++)
        {
            bool fill = random.NextDouble() < (step / 1000 % 2 == 0 ? 0.7 : 0.35);
            if (fill)
            {
                long length = (long)Math.Pow(longest, random.NextDouble());
                long? taken = length > RunAllocator.SmallLimit && random.Next(3) == 0 ? arena.TakeAt(place, length) : null;
                taken ??= arena.Take(length);
                if (length > RunAllocator.SmallLimit && random.Next(4) == 0)
                    place = taken ?? place;
            }
            else if (arena.Count > 0)
                arena.GiveBackAt(random.Next(arena.Count));
            if (step % 100 == 0)
                arena.CheckLargest();
        }

        while (arena.Count > 0)
            arena.GiveBackAt(random.Next(arena.Count));
        arena.CheckLargest();
        Assert.Equal(0, arena.Take(capacity));
    }
}
