using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Tests.Code;

public sealed class CodeCacheTests
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];
    private static readonly CodeFile File1 = new(CodeFileKind.Assembly, "A.dll", ContentHash.Of(Content), default, "");

    [Fact]
    public async Task File_DamagedOnDisk_IsFetchedAgain()
    {
        using TemporaryFolder folder = new();
        FolderSource source = new(folder.Sub("blobs"));
        await source.PublishAsync(File1.Hash, Content, null, default);
        CodeCache cache = new(folder.Sub("cache"));
        using CodeLease lease = await cache.LeaseAsync(File1.Hash, default);
        string path = await CodeCache.GetAsync(File1, lease, source, default);
        Assert.Equal(path, await CodeCache.GetAsync(File1, lease, source, default));
        Assert.Equal(1, source.Fetches);
        foreach (byte[] damaged in (byte[][])[[], [1, 2], [1, 2, 3, 4, 6]])
        {
            await File.WriteAllBytesAsync(path, damaged);
            await CodeCache.GetAsync(File1, lease, source, default);
            Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        }
    }

    [Fact]
    public async Task SeveralProcesses_AtOnce_NeverSeeHalfAFileNorLoseOneInUse()
    {
        using TemporaryFolder folder = new();
        byte[] large = new byte[1 << 20];
        new Random(1).NextBytes(large);
        CodeFile file = File1 with { Hash = ContentHash.Of(large) };
        FolderSource source = new(folder.Sub("blobs"));
        await source.PublishAsync(file.Hash, large, null, default);
        string path = folder.Sub("cache");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            // Locks on files are between open files, not between processes, so caches in one process are as far apart as in several.
            CodeCache cache = new(path);
            for (int i = 0; i < 20; i++)
            {
                CodeLease lease = await cache.LeaseAsync(file.Hash, default);
                string there = await CodeCache.GetAsync(file, lease, source, default);
                Assert.Equal(file.Hash, ContentHash.Of(await File.ReadAllBytesAsync(there)));
                await cache.ReleaseAsync([lease], default);
            }
        })));
        Assert.Empty(Directory.GetDirectories(path));
    }

    [Fact]
    public async Task Folder_StaysWhileAnybodyUsesIt_AndGoesAfterwards()
    {
        using TemporaryFolder folder = new();
        CodeCache one = new(folder.Sub("cache"));
        CodeCache two = new(folder.Sub("cache"));
        CodeLease first = await one.LeaseAsync(File1.Hash, default);
        CodeLease second = await two.LeaseAsync(File1.Hash, default);
        await one.ReleaseAsync([first], default);
        Assert.True(Directory.Exists(second.Folder));
        await two.ReleaseAsync([second], default);
        Assert.False(Directory.Exists(second.Folder));
    }

    [Fact]
    public async Task WhatAKilledProcessLeft_IsSweptByTheNext()
    {
        using TemporaryFolder folder = new();
        string cache = folder.Sub("cache");
        string left = Directory.CreateDirectory(Path.Combine(cache, new ContentHash(1, 2).ToString())).FullName;
        await File.WriteAllBytesAsync(Path.Combine(left, "A.dll.1.part"), Content);
        string other = Directory.CreateDirectory(Path.Combine(cache, "not mine")).FullName;
        using CodeLease lease = await new CodeCache(cache).LeaseAsync(File1.Hash, default);
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(other));
    }

    [Fact]
    public async Task WhatAKilledProcessLeft_IsSweptOnDemand_ButNotWhatIsInUse()
    {
        using TemporaryFolder folder = new();
        CodeCache node = new(folder.Sub("cache"));
        using CodeLease mine = await node.LeaseAsync(new ContentHash(1, 2), default);
        CodeLease killed = await new CodeCache(folder.Sub("cache")).LeaseAsync(File1.Hash, default);
        await File.WriteAllBytesAsync(Path.Combine(killed.Folder, File1.Name), Content);
        await node.SweepAsync(default);
        Assert.True(Directory.Exists(killed.Folder));

        // All that a kill does to a lease.
        killed.Dispose();
        await node.SweepAsync(default);
        Assert.False(Directory.Exists(killed.Folder));
        Assert.True(Directory.Exists(mine.Folder));
    }

    [Fact]
    public void Folder_ThatOthersMayWriteTo_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using TemporaryFolder folder = new();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        Assert.Contains(CodeCache.FolderVariable, Assert.Throws<InvalidOperationException>(() => new CodeCache(folder.Path)).Message, StringComparison.Ordinal);
    }
}
