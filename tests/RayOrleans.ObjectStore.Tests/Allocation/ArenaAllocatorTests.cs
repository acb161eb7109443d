using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore.Tests;

public sealed unsafe class ArenaAllocatorTests
{
    [Fact]
    public void Allocator_FileSystemFull_RefusesAndRecovers()
    {
        using LimitedBacking backing = new(limit: 2 << 20);
        ArenaAllocator allocator = new(backing, 16 << 20);

        Assert.True(allocator.TryTake(1 << 20, [], out CachedRun first));
        Assert.False(allocator.TryTake(4 << 20, [], out _));
        Assert.Contains("full", allocator.LastCommitError!.Message, StringComparison.Ordinal);

        allocator.GiveBack(first, 1 << 20);
        Assert.True(allocator.TryTake(1 << 20, [], out CachedRun again));
        Assert.Equal(first.Offset, again.Offset);
        backing.Limit = 16 << 20;
        Assert.True(allocator.TryTake(4 << 20, [], out _));
    }

    [Fact]
    public void Allocator_SmallRunsCached_AreMergedForLargestRequest()
    {
        using LimitedBacking backing = new(limit: 1 << 20);
        ArenaAllocator allocator = new(backing, 1 << 20);
        List<CachedRun> runs = [];
        while (allocator.TryTake(128, [], out CachedRun run))
            runs.Add(run);

        Assert.Equal((1 << 20) / 128, runs.Count);
        Assert.Equal(runs.Count, runs.Select(run => run.Offset).Distinct().Count());
        runs.ForEach(run => allocator.GiveBack(run, 128));
        Assert.True(allocator.TryTake(1 << 20, [], out _));
    }

    [Fact]
    public void TryTake_AllOfItWhileCachesHoldSmallRuns_TakesThemBackAndGrows()
    {
        ArenaAllocator allocator = new(new LimitedBacking(long.MaxValue), 16 << 20);
        Assert.True(allocator.TryTake(128, [], out CachedRun run));
        allocator.GiveBack(run, 128);
        Assert.True(allocator.TryTake(16 << 20, [], out _));
    }

    private sealed class LimitedBacking(long limit) : IArenaBacking
    {
        public ArenaIdentity Identity => default;

        private long _committed;

        public long Limit { get; set; } = limit;

        public byte* Base { get; } = (byte*)NativeMemory.AllocZeroed(4096);

        public IOException? Commit(long offset, long length)
        {
            if (_committed + length > Limit)
                return new IOException("the test's file system is full");
            _committed += length;
            return null;
        }

        public void Populate(long offset, long length)
        {
        }

        public void Unlink()
        {
        }

        public void Dispose() => NativeMemory.Free(Base);
    }
}
