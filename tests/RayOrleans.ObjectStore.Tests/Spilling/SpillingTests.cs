using static RayOrleans.ObjectStore.Tests.Spilling.SpillStore;

namespace RayOrleans.ObjectStore.Tests.Spilling;

public sealed class SpillingTests
{
    [Fact]
    public async Task RestoreIntoTheArena_WaitsForRoom_WhileOthersReadTheMapping()
    {
        using SpillStore test = new(configure: o => o.FallbackDelay = TimeSpan.FromMilliseconds(20));
        StoredObject item = await OnDisk(test);
        List<StoreBlock> full = Fill(test.Store);
        Task<StorePin> inArena = item.PinInArenaAsync(CancellationToken.None).AsTask();
        using (StorePin mapped = Pin(item))
        {
            Assert.True(mapped.Block.Offset < 0);
            Check(mapped, 1, MB);
        }

        Assert.False(inArena.IsCompleted);
        Assert.Equal(StoredObjectState.Restoring, item.State);
        full.ForEach(block => block.Delete());
        using StorePin pin = Within(inArena, "room");
        Assert.True(pin.Block.Offset >= 0);
        Check(pin, 1, MB);
        Assert.Equal(StoredObjectState.InBoth, item.State);
    }

    [Fact]
    public async Task RestoreIntoTheArena_ThatNobodyWantsAnyMore_LeavesTheLine()
    {
        using SpillStore test = new();
        StoredObject item = await OnDisk(test);
        List<StoreBlock> full = Fill(test.Store);
        using CancellationTokenSource first = new();
        using CancellationTokenSource second = new();
        Task<StorePin>[] pins = [item.PinInArenaAsync(first.Token).AsTask(), item.PinInArenaAsync(second.Token).AsTask()];
        Assert.Equal(1, test.Store.GetTotals().Waiting);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pins[0]);
        Assert.Equal(1, test.Store.GetTotals().Waiting);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pins[1]);
        test.Until(() => test.Store.GetTotals().Waiting == 0, "the line to be left");
        Assert.Equal(StoredObjectState.Spilled, item.State);
        full.ForEach(block => block.Delete());
        Read(item, 1, MB);
    }

    [Fact]
    public async Task RestoreIntoTheArena_EndsWithADelete()
    {
        using SpillStore test = new();
        StoredObject item = await OnDisk(test);
        List<StoreBlock> full = Fill(test.Store);
        Task<StorePin> inArena = item.PinInArenaAsync(CancellationToken.None).AsTask();
        Assert.True(item.Delete());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => inArena);
        test.Until(() => test.Store.GetTotals().Waiting == 0, "the line to be left");
        full.ForEach(block => block.Delete());
        test.Until(() => test.Store.UsedBytes == 0 && test.Totals.FileBytes == 0, "nothing to be left");
    }

    /// <summary>Object 1 of a megabyte, of which there is nothing in memory, as there is nothing else.</summary>
    private static async Task<StoredObject> OnDisk(SpillStore test)
    {
        StoredObject item = test.Put(1, MB);
        StoreBlock all = await test.Store.CreateInArenaAsync(test.Store.CapacityBytes, null, CancellationToken.None);
        all.Delete();
        Assert.Equal(StoredObjectState.Spilled, item.State);
        return item;
    }

    private static List<StoreBlock> Fill(SharedMemoryStore store)
    {
        List<StoreBlock> blocks = [];
        while (store.TryCreate(MB / 2) is { } block)
            blocks.Add(block);
        return blocks;
    }

    [Fact]
    public void ThreeTimesTheCapacity_IsHeldAndReadBack()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 48).Select(i => test.Put(i, MB + i))];
        foreach (int i in Shuffled(objects.Length, 7))
            Read(objects[i], i, MB + i);
        SpillTotals totals = test.Totals;
        Assert.InRange(totals.Spills, 32, 1000);
        Assert.InRange(totals.Restores, 32, 1000);
        Assert.InRange(totals.DiskOnlyBytes, 32L * MB, 48L * MB);
        Assert.True(totals.FileBytes <= 2 * totals.LiveBytes + (3 * 2 * MB), totals.ToString());
        foreach (StoredObject item in objects)
            Assert.True(item.Delete());
        test.Until(() => test.Files.Length == 0, "the files to be deleted");
        Assert.Equal(0, test.Totals.LiveBytes);
        Assert.Equal(0, test.Totals.DiskOnlyBytes);
        Assert.Equal(0, test.Store.UsedBytes);
    }

    [Fact]
    public void SmallObjects_AreFused()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 4000).Select(i => test.Put(i, 8 * KB))];
        Assert.InRange(test.Totals.Spills, 1500, 4000);
        Assert.InRange(test.Files.Length, 1, 40);
        for (int i = 0; i < objects.Length; i += 13)
            Read(objects[i], i, 8 * KB);
    }

    [Fact]
    public void BelowTheThreshold_NothingIsSpilled_AndNoFileIsTouched()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 12).Select(i => test.Put(i, MB))];
        Assert.Equal(0, test.Totals.Spills);
        Assert.All(objects, o => Assert.Equal(StoredObjectState.InMemory, o.State));
        Assert.False(Directory.Exists(test.Directories[0]));
    }

    [Fact]
    public void FromTheThreshold_TheOldestAreWrittenInTheBackground_AndStayReadable()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 14).Select(i => test.Put(i, MB))];
        test.Until(() => test.Totals.Spills > 0, "something to be spilled");
        test.Until(() => objects[0].State == StoredObjectState.InBoth, "the oldest to be spilled");
        Assert.Equal(StoredObjectState.InMemory, objects[^1].State);
        Assert.Equal(0, test.Totals.DiskOnlyBytes);
        using StorePin? pin = objects[0].TryPin();
        Check(pin!, 0, MB);
    }

    [Fact]
    public void WhatWasUsedLately_IsSpilledLater()
    {
        using SpillStore test = new();
        List<StoredObject> objects = [.. Enumerable.Range(0, 12).Select(i => test.Put(i, MB))];
        objects[0].TryPin()!.Dispose();
        objects.Add(test.Put(12, MB));
        test.Until(() => objects[1].State == StoredObjectState.InBoth, "the least recently used to be spilled");
        Assert.Equal(StoredObjectState.InMemory, objects[0].State);
    }

    [Fact]
    public void PinnedObjects_AreNotSpilled()
    {
        using SpillStore test = new();
        StoredObject first = test.Put(0, 4 * MB);
        using StorePin pin = first.TryPin()!;
        StoredObject[] others = [.. Enumerable.Range(1, 20).Select(i => test.Put(i, MB))];
        Assert.Equal(StoredObjectState.InMemory, first.State);
        Check(pin, 0, 4 * MB);
        for (int i = 0; i < others.Length; i++)
            Read(others[i], i + 1, MB);
    }

    [Fact]
    public void BeforeSpilling_HoldersAreAsked_AndWhatTheyDropIsNotWritten()
    {
        List<StoredObject> dropped = [];
        using SpillStore test = new(configure: o => o.BeforeSpill = _ =>
        {
            lock (dropped)
            {
                dropped.ForEach(d => d.Delete());
                dropped.Clear();
            }
        });
        for (int i = 0; i < 200; i++)
        {
            StoredObject item = test.Put(i, MB);
            lock (dropped)
                dropped.Add(item);
        }

        Assert.Equal(0, test.Totals.Spills);
    }

    [Fact]
    public void ManyReaders_CauseOneRestore()
    {
        using SpillStore test = new();
        StoredObject item = Spilled(test);
        Task<StorePin>[] readers = [.. Enumerable.Range(0, 50).Select(_ => Task.Run(() => item.PinAsync().AsTask()))];
        foreach (Task<StorePin> reader in readers)
        {
            using StorePin pin = Within(reader, "a reader");
            Check(pin, 0, MB);
        }

        Assert.Equal(1, test.Totals.Restores);
    }

    [Fact]
    public async Task CancelledReader_LeavesNoPin()
    {
        using SpillStore test = new();
        StoredObject item = Spilled(test);
        using CancellationTokenSource stop = new();
        Task<StorePin> reader = item.PinAsync(ct: stop.Token).AsTask();
        stop.Cancel();
        try
        {
            (await reader).Dispose();
        }
        catch (OperationCanceledException)
        {
            // Either is right.
        }

        test.Until(() => item.State == StoredObjectState.InBoth, "the restore to end");
        test.Until(() => item.PinCount == 0, "the pins to go");
    }

    [Fact]
    public void Restored_AndEvictedAgain_IsNotWrittenTwice()
    {
        using SpillStore test = new();
        StoredObject item = Spilled(test);
        Read(item, 0, MB);
        SpillRecord? record = item.Record;
        Assert.NotNull(record);
        test.Evict(item);
        Read(item, 0, MB);
        Assert.Same(record, item.Record);
    }

    [Fact]
    public void SeveralDirectories_AreUsedInTurn()
    {
        using SpillStore test = new(directories: 3);
        StoredObject[] objects = [.. Enumerable.Range(0, 40).Select(i => test.Put(i, MB))];
        Assert.All(test.Directories, d => Assert.NotEmpty(Directory.EnumerateFiles(d, "*.spill", SearchOption.AllDirectories)));
        for (int i = 0; i < objects.Length; i++)
            Read(objects[i], i, MB);
    }

    [Fact]
    public void NothingSpillable_MemoryComesFromAFile_AndGoesWithIt()
    {
        using SpillStore test = new(configure: o => o.FallbackDelay = TimeSpan.FromMilliseconds(5));
        StoredObject[] objects = [.. Enumerable.Range(0, 15).Select(i => test.Put(i, MB))];
        StorePin[] pins = [.. objects.Select(Pin)];
        StoredObject more = test.Put(15, 3 * MB);
        Assert.Equal(3 * MB, test.Totals.MappedBytes);
        Read(more, 15, 3 * MB);
        more.Delete();
        Assert.Equal(0, test.Totals.MappedBytes);
        foreach (StorePin pin in pins)
            pin.Dispose();
    }

    [Fact]
    public void EverythingPinned_ARestoreIsMappedFromItsFile()
    {
        using SpillStore test = new(configure: o => o.FallbackDelay = TimeSpan.FromMilliseconds(5));
        StoredObject[] objects = [.. Enumerable.Range(0, 40).Select(i => test.Put(i, MB))];
        StorePin[] pins = [.. objects.Select(Pin)];
        Assert.True(test.Totals.MappedBytes >= 24 * MB);
        for (int i = 0; i < pins.Length; i++)
            Check(pins[i], i, MB);
        foreach (StorePin pin in pins)
            pin.Dispose();
        Assert.Equal(0, test.Totals.MappedBytes);
        foreach (StoredObject item in objects)
            item.Delete();
        test.Until(() => test.Files.Length == 0, "the files to be deleted");
    }

    [Fact]
    public void WithoutPressure_TakesNoMemoryFromOthers()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 40).Select(i => test.Put(i, MB))];
        long evictions = test.Store.GetTotals().Evictions;
        StoredObject item = objects.First(o => o.State == StoredObjectState.Spilled);
        using (StorePin pin = Within(item.PinAsync(withoutPressure: true).AsTask(), "a restore"))
            Check(pin, Array.IndexOf(objects, item), MB);
        Assert.Equal(evictions, test.Store.GetTotals().Evictions);
    }

    [Fact]
    public void SetsThatNeedMoreThanThereIs_AllGetThrough()
    {
        using SpillStore test = new(configure: o => o.FallbackDelay = TimeSpan.FromMilliseconds(20));
        StoredObject[] objects = [.. Enumerable.Range(0, 40).Select(i => test.Put(i, MB))];
        Parallel.For(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 8 }, t =>
        {
            int[] numbers = [.. Shuffled(objects.Length, t).Take(7)];
            using StorePinSet set = Within(test.Store.PinAllAsync([.. numbers.Select(n => objects[n])]).AsTask(), "a set");
            for (int i = 0; i < numbers.Length; i++)
                Check(set.Pins[i], numbers[i], MB);
        });
        test.Until(() => objects.All(o => o.PinCount == 0), "the pins to go");
    }

    [Fact]
    public void MostlyDeadFiles_AreGivenUp()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 6000).Select(i => test.Put(i, 16 * KB))];
        for (int i = 0; i < objects.Length; i++)
        {
            if (i % 10 != 0)
                objects[i].Delete();
        }

        test.Until(
            () => test.Totals is var t && t.FileBytes <= (2 * t.LiveBytes) + (3 * 2L * MB) + (t.LiveObjects * 64),
            "dead records to be given up");
        for (int i = 0; i < objects.Length; i += 10)
            Read(objects[i], i, 16 * KB);
    }

    [Fact]
    public void Files_AreTheUsersOnly()
    {
        if (OperatingSystem.IsWindows())
            return;
        using SpillStore test = new();
        StoredObject item = Spilled(test);
        Assert.All(test.Files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(f).UnixFileMode));
        Assert.All(test.Files, f => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(Path.GetDirectoryName(f)!).UnixFileMode));
        item.Delete();
    }

    [Fact]
    public void Dispose_LeavesNothingBehind()
    {
        using SpillStore test = new(directories: 2);
        StoredObject[] objects = [.. Enumerable.Range(0, 40).Select(i => test.Put(i, MB))];
        Task<StorePin> late = objects.First(o => o.State == StoredObjectState.Spilled).PinAsync().AsTask();
        test.Store.Dispose();
        Assert.All(test.Directories, d => Assert.Empty(Directory.EnumerateFileSystemEntries(d)));
        test.Until(() => late.IsCompleted, "the late reader to be told");
        Assert.Throws<ObjectDisposedException>(() => Pin(objects[^1]));
    }

    [Fact]
    public void FoldersOfDeadOwners_AreSwept_AndThoseOfLivingOnesAreNot()
    {
        using SpillStore living = new();
        Spilled(living);
        string dead = Path.Combine(living.Directories[0], "rayorleans-spill-1-0123");
        Directory.CreateDirectory(dead);
        File.WriteAllText(Path.Combine(dead, "00000001.spill"), "left over");
        File.WriteAllText(dead + ".lock", "");
        string[] files = living.Files;
        using SharedMemoryStore next = SharedMemoryStore.Create(new ArenaOptions
        {
            Directory = living.Options.Directory,
            CapacityBytes = MB,
            Spill = new SpillOptions { Directories = living.Directories },
        });
        Assert.Equal(1, next.StaleSpillsRemoved);
        Assert.False(Directory.Exists(dead));

        // The living one may still be writing another.
        string left = Path.Combine(dead, "00000001.spill");
        Assert.Contains(left, files);
        Assert.Equal([left], files.Except(living.Files));
    }

    [Fact]
    public void Keep_OfAnUnsealedBlock_IsRefused()
    {
        using SpillStore test = new();
        StoreBlock block = test.Store.Create(10);
        Assert.Throws<InvalidOperationException>(() => test.Store.Keep(block));
        block.Abort();
    }

    internal static StoredObject Spilled(SpillStore test)
    {
        StoredObject first = test.Put(0, MB);
        for (int i = 1; i < 15; i++)
            test.Put(i, MB);
        test.Evict(first);
        Assert.Equal(StoredObjectState.Spilled, first.State);
        return first;
    }

    internal static int[] Shuffled(int count, int seed)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(all);
        return all;
    }
}
