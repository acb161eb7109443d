namespace RayOrleans.ObjectStore.Tests.Planning;

public sealed class MemoryUseTests : IDisposable
{
    private const long MB = 1 << 20;
    private const long GB = 1 << 30;

    private readonly string _root = Directory.CreateTempSubdirectory("memory-use-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Tightest_NoGroups_IsTheMachine()
    {
        MemInfo(32 * GB, available: 20 * GB);
        Assert.Equal(new MemoryUse(12 * GB, 32 * GB, "MemTotal of the machine"), MemoryUse.Tightest(_root));
    }

    [Fact]
    public void Tightest_Version2_IsTheFullestGroup_WithoutWhatCanBeTakenBack()
    {
        // Somebody else has filled the machine.
        MemInfo(32 * GB, available: 0);
        Write("proc/self/cgroup", "0::/pods/app\n");
        Group("pods/app", 2 * GB, current: 1900 * MB, inactive: 900 * MB);
        Group("pods", 8 * GB, current: 6 * GB, inactive: 0);
        Assert.Equal(new MemoryUse(6 * GB, 8 * GB, "memory.max of control group /pods"), MemoryUse.Tightest(_root));

        Group("pods/app", 2 * GB, current: 1900 * MB, inactive: 100 * MB);
        Assert.Equal(new MemoryUse(1800 * MB, 2 * GB, "memory.max of control group /pods/app"), MemoryUse.Tightest(_root));
    }

    [Fact]
    public void Tightest_Version1_LeavesOutWhatIsNoLimit()
    {
        MemInfo(32 * GB, available: 31 * GB);
        Write("proc/self/cgroup", "4:memory:/docker/abc\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", $"{64 * GB}\n");
        Write("sys/fs/cgroup/memory/docker/memory.usage_in_bytes", $"{60 * GB}\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", $"{4 * GB}\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", $"{3 * GB}\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.stat", $"inactive_file 7\ntotal_inactive_file {1 * GB}\n");
        Assert.Equal(new MemoryUse(2 * GB, 4 * GB, "memory.limit_in_bytes of control group /docker/abc"), MemoryUse.Tightest(_root));
    }

    [Fact]
    public void Tightest_NothingReadable_IsUnknown() => Assert.Null(MemoryUse.Tightest(_root));

    [Fact]
    public void Tightest_OfThisMachine_IsKnown()
    {
        MemoryUse use = Assert.NotNull(MemoryUse.Tightest("/"));
        Assert.InRange(use.UsedBytes, 1, use.LimitBytes);
    }

    [Fact]
    public void PrivateOf_CountsNeitherFilesNorSharedMemory()
    {
        Write("proc/17/status", "Name:\tdotnet\nVmRSS:\t  900000 kB\nRssAnon:\t  100000 kB\nRssFile:\t  300000 kB\nRssShmem:\t  500000 kB\n");
        Assert.Equal(100_000L * 1024, MemoryUse.PrivateOf(_root, 17));

        // A kernel that does not tell them apart.
        Write("proc/18/status", "Name:\tdotnet\n");
        Write("proc/18/statm", "900 500 400 5 0 123 0\n");
        Assert.Equal(100L * Environment.SystemPageSize, MemoryUse.PrivateOf(_root, 18));
        Assert.Null(MemoryUse.PrivateOf(_root, 19));
    }

    [Fact]
    public void PrivateOf_ThisProcess_HasItsHeap()
    {
        byte[] own = GC.AllocateUninitializedArray<byte>((int)(200 * MB));
        own.AsSpan().Fill(1);
        Assert.InRange(Assert.NotNull(MemoryUse.PrivateOf("/", Environment.ProcessId)), 200 * MB, long.MaxValue);
        GC.KeepAlive(own);
    }

    private void Group(string name, long limit, long current, long inactive)
    {
        Write($"sys/fs/cgroup/{name}/memory.max", $"{limit}\n");
        Write($"sys/fs/cgroup/{name}/memory.current", $"{current}\n");
        Write($"sys/fs/cgroup/{name}/memory.stat", $"anon 1\ninactive_file {inactive}\nactive_file 5\n");
    }

    private void MemInfo(long total, long available) => Write("proc/meminfo", $"MemTotal:       {total / 1024} kB\nMemFree:         1000 kB\nMemAvailable:   {available / 1024} kB\n");

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
