namespace RayOrleans.ObjectStore.Tests;

public sealed class GiveBackTests
{
    private const long MB = TestStore.MB;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void GiveBack_MemoryLongUnused_IsHoledAndCommittedAgainWhenUsed()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using TestStore test = new(256 * MB, options =>
        {
            options.PrefaultReserveBytes = 8 * MB;
            options.GiveBackAfter = TimeSpan.FromMilliseconds(50);
        });
        StoreBlock kept = Filled(test.Store, 5 * MB, 1);
        StoreBlock first = Filled(test.Store, 64 * MB, 2);
        StoreBlock between = Filled(test.Store, 3 * MB, 3);
        StoreBlock small = Filled(test.Store, 100, 4);
        StoreBlock second = Filled(test.Store, 64 * MB, 5);
        first.Delete();
        second.Delete();
        long live = kept.Length + between.Length;
        Wait(() => test.Store.CommittedBytes < live + (4 * MB), () => $"memory to be given back; {test.Store.GetTotals()}");
        Check(kept, 1);
        Check(between, 3);
        Check(small, 4);

        List<StoreBlock> blocks = [];
        for (int i = 0; test.Store.TryCreate(7 * MB) is { } block; i++)
        {
            Fill(block, 10 + i);
            blocks.Add(block);
        }

        Assert.InRange(blocks.Count, 30, 36);
        Assert.True(test.Store.CommittedBytes > 200 * MB);
        for (int i = 0; i < blocks.Count; i++)
        {
            Check(blocks[i], 10 + i);
            blocks[i].Delete();
        }

        kept.Delete();
        between.Delete();
        small.Delete();
        Assert.NotNull(test.Store.TryCreate(256 * MB));
    }

    [Fact]
    public void GiveBack_SmallBlocksAfterwards_AreUsable()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using TestStore test = new(32 * MB, options => options.GiveBackAfter = TimeSpan.FromMilliseconds(20));
        for (int round = 0; round < 3; round++)
        {
            StoreBlock[] blocks = [.. Enumerable.Range(0, 15_000).Select(i => Filled(test.Store, 64 + (i % 3000), i))];
            for (int i = 0; i < blocks.Length; i++)
            {
                Check(blocks[i], i);
                blocks[i].Delete();
            }

            Wait(() => test.Store.CommittedBytes < 4 * MB, () => $"memory to be given back; {test.Store.GetTotals()}");
        }
    }

    private static StoreBlock Filled(SharedMemoryStore store, long length, int mark)
    {
        StoreBlock block = store.Create(length, TimeSpan.Zero);
        Fill(block, mark);
        return block;
    }

    private static void Fill(StoreBlock block, int mark)
    {
        byte[] bytes = new byte[block.Length];
        bytes.AsSpan().Fill((byte)(mark + 1));
        block.Write(0, bytes);
        block.Seal();
    }

    private static void Check(StoreBlock block, int mark) =>
        Assert.False(block.GetReadOnlySpan(0, (int)block.Length).ContainsAnyExcept((byte)(mark + 1)), $"A block at {block.Offset} lost its content.");

    private static void Wait(Func<bool> condition, Func<string> what)
    {
        if (!SpinWait.SpinUntil(condition, Patience))
            throw new TimeoutException($"Waited {Patience} for {what()}.");
    }
}
