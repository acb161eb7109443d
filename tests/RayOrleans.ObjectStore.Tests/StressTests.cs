using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore.Tests;

public sealed class StressTests
{
    private const int Threads = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Store_ManyThreadsFillingIt_NeverMixesContentAndEndsEmpty(int seed)
    {
        using TestStore test = new(8 << 20, options =>
        {
            options.TimeProvider = TimeProvider.System;
            options.FullTimeout = TimeSpan.FromSeconds(60);
            options.PrefaultReserveBytes = 1 << 20;
        });
        List<Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() => Guarded(() => Work(test.Store, seed * 100 + number), failures)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(120)), $"seed {seed}: waited 120 s for the workers, {test.Store.GetTotals()}");

        Assert.True(failures.Count == 0, $"seed {seed}: {string.Join(Environment.NewLine, failures)}");
        StoreTotals totals = test.Store.GetTotals();
        Assert.Equal((0L, 0L, 0L, 0), (totals.UsedBytes, totals.PinnedBytes, totals.BlockCount, totals.Waiting));
        Assert.Equal(totals.Creates, totals.Deletes);
        Assert.NotNull(test.Store.TryCreate(totals.CapacityBytes));
    }

    private static void Guarded(Action work, List<Exception> failures)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            lock (failures)
                failures.Add(error);
        }
    }

    /// <summary>Holds nothing while it waits, so that every request is served in the end.</summary>
    private static void Work(SharedMemoryStore store, int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            int sizes = random.Next(3);
            List<(StoreBlock Block, long Mark)> live = [(Fill(store.Create(Length(random, sizes)), round), round)];
            while (live.Count < 20 && store.TryCreate(Length(random, sizes)) is { } block)
                live.Add((Fill(block, seed + live.Count), seed + live.Count));
            foreach ((StoreBlock block, long mark) in live)
                Check(block, mark, random.Next(3));
        }
    }

    private static long Length(Random random, int sizes) => sizes switch
    {
        0 => random.Next(8, 4000),
        1 => random.Next(8, 200_000),
        _ => random.Next(8, 4 << 20),
    };

    private static StoreBlock Fill(StoreBlock block, long mark)
    {
        MemoryMarshal.Cast<byte, long>(block.GetSpan(0, (int)block.Length)).Fill(mark);
        block.Seal();
        return block;
    }

    private static void Check(StoreBlock block, long mark, int how)
    {
        int items = (int)block.Length / sizeof(long);
        StorePin pin = block.Pin();
        if (how == 0)
            block.Delete();
        if (how == 1)
            block.SetEvictable(_ => { });
        if (pin.GetMemory<long>(0, items).Span.ContainsAnyExcept(mark))
            throw new InvalidOperationException($"A block of {block.Length} bytes at {block.Offset} lost its content.");
        pin.Dispose();
        block.Delete();
    }
}
