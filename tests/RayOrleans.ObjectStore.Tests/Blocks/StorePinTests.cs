using System.Runtime.CompilerServices;

namespace RayOrleans.ObjectStore.Tests;

public sealed class StorePinTests
{
    [Fact]
    public void Pin_OnDeletedBlock_KeepsContentUntilDisposed()
    {
        using TestStore test = new();
        StoreBlock block = test.Store.Create(TestStore.MB);
        block.GetSpan(0, (int)block.Length).Fill(7);
        block.Seal();
        StorePin pin = block.Pin();
        block.Delete();
        while (test.Store.TryCreate(TestStore.MB) is { } other)
            other.GetSpan(0, (int)other.Length).Fill(9);

        Assert.False(block.GetReadOnlySpan(0, (int)block.Length).ContainsAnyExcept((byte)7));
        pin.Dispose();
        pin.Dispose();
        Assert.Equal(block.Offset, test.Store.Create(TestStore.MB, TimeSpan.Zero).Offset);
    }

    [Fact]
    public void Pin_Shared_ServesManyMemoriesAndEndsThemTogether()
    {
        using TestStore test = new();
        StoreBlock block = test.Sealed(800);
        StorePin pin = block.Pin();
        ReadOnlyMemory<long> first = pin.GetMemory<long>(0, 50), second = pin.GetMemory<long>(400, 50);
        Assert.Equal(100, first.Length + second.Length);
        using (second.Pin())
            Assert.Equal(1, block.PinCount);
        pin.Dispose();
        Assert.Equal(0, block.PinCount);
        Assert.Throws<ObjectDisposedException>(() => { _ = first.Span[0]; });
        Assert.Throws<ObjectDisposedException>(() => pin.GetMemory<byte>(0, 1));
    }

    [Fact]
    public void Pin_Forgotten_IsFinalizedAndTheMemoryRestsBeforeReuse()
    {
        using TestStore test = new(TestStore.MB);
        ForgetMemory(test);
        Collect();

        StoreTotals totals = test.Store.GetTotals();
        Assert.Equal(0, totals.PinnedBytes);
        Assert.Equal(TestStore.MB, totals.QuarantinedBytes);
        Assert.Null(test.Store.TryCreate(TestStore.MB));
        test.Time.Advance(test.Options.QuarantineTime);
        Assert.NotNull(test.Store.TryCreate(TestStore.MB));
        Assert.Equal(0, test.Store.GetTotals().QuarantinedBytes);
    }

    [Fact]
    public void Memory_ThatHasRested_IsFreeAlsoInAStoreThatCreatesNothing()
    {
        using TestStore test = new(2 * TestStore.MB);
        ForgetMemory(test);
        Collect();
        test.Time.Advance(test.Options.QuarantineTime / 2);
        ForgetMemory(test);
        Collect();
        Assert.Equal(2 * TestStore.MB, test.Store.UsedBytes);

        test.Time.Advance(test.Options.QuarantineTime / 2);
        Assert.Equal(TestStore.MB, test.Store.UsedBytes);
        test.Time.Advance(test.Options.QuarantineTime / 2);
        Assert.Equal(0, test.Store.UsedBytes);
        Assert.Equal(0, test.Store.GetTotals().QuarantinedBytes);
        Assert.Equal(0, test.Store.BlockCount);
    }

    [Fact]
    public void Memory_ForgottenAfterItsStoreWasDisposed_IsFinalizedInSilence()
    {
        TestStore test = new(TestStore.MB);
        ForgetStore(test);
        Collect();
        Assert.Equal(TestStore.MB, test.Store.GetTotals().QuarantinedBytes);

        // Not unmapped on the finalizer's thread: a span may outlive the memory.
        Assert.True(IsMapped(test));
        test.Time.Advance(test.Options.QuarantineTime);
        Assert.Equal(TestStore.MB, test.Store.GetTotals().QuarantinedBytes);
        Assert.False(IsMapped(test));
    }

    [Fact]
    public void Store_DisposedSoonAfterAPinWasForgotten_StaysMappedUntilItHasRested()
    {
        TestStore test = new();
        StoreBlock block = test.Sealed(100);
        ForgetPin(block);
        Collect();
        test.Time.Advance(test.Options.QuarantineTime / 2);
        test.Dispose();
        Assert.True(IsMapped(test));
        test.Time.Advance(test.Options.QuarantineTime / 2);
        Assert.False(IsMapped(test));
    }

    [Fact]
    public void Store_DisposedWhileOthersPinAndRelease_StaysMappedForWhoHolds()
    {
        for (int round = 0; round < 20; round++)
        {
            TestStore test = new();
            StoreBlock held = test.Sealed(100), other = test.Sealed(100);
            StorePin pin = held.Pin();
            using CountdownEvent started = new(3);
            Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                started.Signal();
                while (other.TryPin() is { } mine)
                    mine.Dispose();
            }))];
            foreach (Thread thread in threads)
                thread.Start();
            started.Wait();
            test.Dispose();
            Assert.True(IsMapped(test));
            foreach (Thread thread in threads)
                thread.Join();
            Assert.True(IsMapped(test));
            pin.Dispose();
            Assert.False(IsMapped(test));
        }
    }

    [Fact]
    public void Memory_Reachable_KeepsThePinThroughCollections()
    {
        using TestStore test = new(TestStore.MB);
        ReadOnlyMemory<byte> memory = MemoryOfDeletedBlock(test);
        Collect();
        Assert.Equal(TestStore.MB, test.Store.PinnedBytes);
        Assert.Equal(42, memory.Span[^1]);
        GC.KeepAlive(memory);
    }

    [Fact]
    public void Pin_ForgottenOnLiveBlock_IsReleasedWithoutQuarantine()
    {
        using TestStore test = new();
        StoreBlock block = test.Sealed(100);
        ForgetPin(block);
        Collect();
        Assert.Equal(0, block.PinCount);
        Assert.Equal(0, test.Store.GetTotals().QuarantinedBytes);
        Assert.False(block.IsDeleted);
        test.Time.Advance(test.Options.QuarantineTime);
        block.Delete();
        Assert.Equal(0, test.Store.UsedBytes);
    }

    [Fact]
    public void Pin_ForgottenOnLiveBlock_DeletedSoonAfter_TheMemoryRestsBeforeReuse()
    {
        using TestStore test = new(TestStore.MB);
        StoreBlock block = test.Sealed(TestStore.MB);
        ForgetPin(block);
        Collect();
        test.Time.Advance(test.Options.QuarantineTime / 2);
        block.Delete();

        Assert.Equal((0, TestStore.MB), (test.Store.PinnedBytes, test.Store.GetTotals().QuarantinedBytes));
        Assert.Null(test.Store.TryCreate(TestStore.MB));
        test.Time.Advance(test.Options.QuarantineTime / 2);
        Assert.NotNull(test.Store.TryCreate(TestStore.MB));
    }

    [Fact]
    public void Pin_DisposedAfterAnotherWasForgotten_TheMemoryRestsAllTheSame()
    {
        using TestStore test = new(TestStore.MB);
        StoreBlock block = test.Sealed(TestStore.MB);
        StorePin pin = block.Pin();
        ForgetPin(block);
        Collect();
        block.Delete();
        pin.Dispose();

        Assert.Null(test.Store.TryCreate(TestStore.MB));
        test.Time.Advance(test.Options.QuarantineTime);
        Assert.NotNull(test.Store.TryCreate(TestStore.MB));
    }

    [Fact]
    public void Pin_ForgottenOnUnsealedBlock_TheMemoryRestsWhenItIsGivenUp()
    {
        using TestStore test = new(TestStore.MB);
        StoreBlock block = test.Store.Create(TestStore.MB);
        ForgetPin(block);
        Collect();
        block.Abort();

        Assert.Null(test.Store.TryCreate(TestStore.MB));
        test.Time.Advance(test.Options.QuarantineTime);
        Assert.NotNull(test.Store.TryCreate(TestStore.MB));
    }

    [Fact]
    public async Task Pin_ForgottenOnEvictableBlock_TheMemoryRestsBeforeReuse()
    {
        using TestStore test = new(4 * TestStore.MB);
        StoreBlock[] blocks = [.. Enumerable.Range(0, 4).Select(_ => test.Sealed(TestStore.MB))];
        List<StoreBlock> evicted = [];
        foreach (StoreBlock block in blocks)
        {
            block.SetEvictable(evicted.Add);
            ForgetPin(block);
        }

        Collect();
        Task<StoreBlock> waiting = test.Store.CreateAsync(TestStore.MB).AsTask();
        Assert.False(waiting.IsCompleted);
        test.Time.Advance(test.Options.PressureInterval);

        // No more of them than will do.
        Assert.Equal([blocks[0]], evicted);
        Assert.Equal(TestStore.MB, test.Store.GetTotals().QuarantinedBytes);
        test.Time.Advance(test.Options.QuarantineTime - test.Options.PressureInterval);
        Assert.Equal(blocks[0].Offset, (await TestStore.Within(waiting, "the memory that rests")).Offset);
        Assert.Single(evicted);
    }

    [Fact]
    public void Evictable_WhoseMemoryMustRest_IsPassedOver()
    {
        using TestStore test = new(2 * TestStore.MB);
        StoreBlock[] blocks = [.. Enumerable.Range(0, 2).Select(_ => test.Sealed(TestStore.MB))];
        ForgetPin(blocks[0]);
        Collect();
        foreach (StoreBlock block in blocks)
            block.SetEvictable(_ => { });
        Assert.Equal(blocks[1].Offset, test.Sealed(TestStore.MB).Offset);
        Assert.False(blocks[0].IsDeleted);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetStore(TestStore test)
    {
        ReadOnlyMemory<byte> memory = MemoryOfDeletedBlock(test);
        test.Dispose();
        Assert.Equal(42, memory.Span[^1]);
    }

    private static unsafe bool IsMapped(TestStore test) => test.Store.Base is not null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetPin(StoreBlock block) => block.Pin();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetMemory(TestStore test) => Assert.Equal(42, MemoryOfDeletedBlock(test).Span[^1]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlyMemory<byte> MemoryOfDeletedBlock(TestStore test)
    {
        StoreBlock block = test.Store.Create(TestStore.MB);
        block.Write(TestStore.MB - 1, [42]);
        block.Seal();
        ReadOnlyMemory<byte> memory = block.GetMemory<byte>(0, (int)TestStore.MB);
        block.Delete();
        return memory;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
