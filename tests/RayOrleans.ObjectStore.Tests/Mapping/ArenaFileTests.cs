using System.IO.MemoryMappedFiles;

namespace RayOrleans.ObjectStore.Tests;

public sealed class ArenaFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Store_Backing_IsSeenThroughAnotherMapping(bool managed)
    {
        using TestStore test = new(configure: options => options.ForceManagedBacking = managed);
        byte[] data = new byte[3_000_000];
        new Random(3).NextBytes(data);
        StoreBlock small = test.Store.Create(11);
        small.Write(0, data.AsSpan(0, 11));
        StoreBlock large = test.Store.Create(data.Length);
        large.Write(0, data);

        using FileStream file = new(test.Store.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, true);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte[] seen = new byte[data.Length];
        view.ReadArray(large.Offset, seen, 0, seen.Length);
        Assert.Equal(data, seen);
        view.ReadArray(small.Offset, seen, 0, 11);
        Assert.Equal(data[..11], seen[..11]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_FileIsGone(bool managed)
    {
        using TestStore test = new(configure: options => options.ForceManagedBacking = managed);
        StoreBlock block = test.Sealed(100);
        Assert.True(File.Exists(test.Store.FilePath));
        test.Store.Dispose();
        test.Store.Dispose();
        Assert.False(File.Exists(test.Store.FilePath));
        Assert.Throws<ObjectDisposedException>(() => { block.GetReadOnlySpan(0, 1); });
        Assert.Null(block.TryPin());
        Assert.True(block.Delete());
    }

    [Fact]
    public void Dispose_WithPinsAndUnsealedBlocks_KeepsTheirMemoryReadable()
    {
        using TestStore test = new();
        StoreBlock unsealed = test.Store.Create(1000);
        StoreBlock block = test.Store.Create(1000);
        block.Write(999, [5]);
        block.Seal();
        StorePin pin = block.Pin();
        test.Store.Dispose();
        Assert.Equal(5, block.GetReadOnlySpan(999, 1)[0]);
        pin.Dispose();
        unsealed.Write(0, [1, 2, 3]);
        unsealed.Seal();
        Assert.Throws<ObjectDisposedException>(() => { unsealed.GetReadOnlySpan(0, 1); });
    }

    [Fact]
    public void Create_FilesOfDeadOwners_AreRemovedAndOthersKept()
    {
        using TestStore test = new();
        string directory = test.Options.Directory!;
        string dead = Touch(new OwnedName(int.MaxValue, 1, 1, OwnedName.ArenaSuffix).ToString());
        string recycled = Touch(new OwnedName(Environment.ProcessId, 1, 1, OwnedName.ArenaSuffix).ToString());
        string foreign = Touch(OwnedName.Prefix + "notes.txt");
        string locked = Path.Combine(directory, new OwnedName(int.MaxValue, 1, 2, OwnedName.ArenaSuffix).ToString());
        using FileStream owner = new(locked, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);

        using SharedMemoryStore next = SharedMemoryStore.Create(test.Options);
        Assert.Equal(2, next.StaleFilesRemoved);
        Assert.False(File.Exists(dead) || File.Exists(recycled));
        Assert.True(File.Exists(foreign) && File.Exists(locked) && File.Exists(test.Store.FilePath));

        string Touch(string name)
        {
            string path = Path.Combine(directory, name);
            File.WriteAllText(path, "x");
            return path;
        }
    }

    [Fact]
    public void FileName_RoundTrips()
    {
        OwnedName name = OwnedName.Next(OwnedName.ArenaSuffix);
        Assert.True(name.OwnerIsAlive());
        Assert.True(OwnedName.TryParse(name.ToString(), OwnedName.ArenaSuffix, out OwnedName parsed));
        Assert.Equal(name, parsed);
        Assert.False(OwnedName.TryParse(name + "x", OwnedName.ArenaSuffix, out _));
        Assert.False(OwnedName.TryParse(OwnedName.Prefix + "1-2.arena", OwnedName.ArenaSuffix, out _));
    }

    [Fact]
    public void Location_SharedMemoryTooSmall_FallsBackWithANotice()
    {
        (string directory, string? notice) = ArenaLocation.Choose(new ArenaOptions { CapacityBytes = ArenaOptions.MaxCapacityBytes });
        Assert.Equal(Path.GetTempPath(), directory);
        if (OperatingSystem.IsLinux())
            Assert.Contains("/dev/shm", notice, StringComparison.Ordinal);
    }

    [Fact]
    public void Prefault_ReserveSet_CommitsThatMuchAheadAndNoMore()
    {
        const long Reserve = 16 << 20;
        using TestStore test = new(256 << 20, options => options.PrefaultReserveBytes = Reserve);
        Assert.True(SpinWait.SpinUntil(() => test.Store.CommittedBytes >= Reserve, TimeSpan.FromSeconds(30)), "waited for the reserve");
        StoreBlock block = test.Store.Create(64 << 20);
        Assert.True(SpinWait.SpinUntil(() => test.Store.CommittedBytes >= (64 << 20) + Reserve, TimeSpan.FromSeconds(30)), "waited for the next reserve");
        Assert.InRange(test.Store.CommittedBytes, 0, (64 << 20) + (2 * Reserve));
        block.Abort();
    }
}
