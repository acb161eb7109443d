namespace RayOrleans.ObjectStore.Tests.Planning;

public sealed class MemoryPlanTests : IDisposable
{
    private const long MB = 1 << 20;
    private const long GB = 1 << 30;

    private readonly string _root = Directory.CreateTempSubdirectory("memory-plan-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Budget_NoGroups_IsWhatTheMachineHasAvailable()
    {
        MemInfo(20 * GB);
        Assert.Equal(new MemoryBudget(20 * GB, "MemAvailable of the machine"), MemoryBudget.Read(_root));
    }

    [Fact]
    public void Budget_Version2_IsTheTightestGroupWithoutWhatItUses()
    {
        MemInfo(20 * GB);
        Write("proc/self/cgroup", "0::/pods/one/app\n");
        Write("sys/fs/cgroup/pods/memory.max", $"{8 * GB}\n");
        Write("sys/fs/cgroup/pods/memory.current", $"{1 * GB}\n");
        Write("sys/fs/cgroup/pods/one/memory.max", "max\n");
        Write("sys/fs/cgroup/pods/one/app/memory.max", $"{2 * GB}\n");
        Write("sys/fs/cgroup/pods/one/app/memory.current", $"{700 * MB}\n");
        Write("sys/fs/cgroup/pods/one/app/memory.stat", $"anon 1\ninactive_file {200 * MB}\nactive_file 5\n");
        MemoryBudget budget = MemoryBudget.Read(_root);
        Assert.Equal((2 * GB) - (500 * MB), budget.Bytes);
        Assert.Contains("memory.max of control group /pods/one/app", budget.Source, StringComparison.Ordinal);

        Write("sys/fs/cgroup/pods/memory.current", $"{7 * GB}\n");
        Assert.Equal(1 * GB, MemoryBudget.Read(_root).Bytes);
    }

    [Fact]
    public void Budget_Version2InAContainer_ReadsTheMountsOwnFiles()
    {
        MemInfo(20 * GB);
        Write("proc/self/cgroup", "0::/../../outside\n");
        Write("sys/fs/cgroup/memory.max", $"{GB}");
        Assert.Equal(GB, MemoryBudget.Read(_root).Bytes);
    }

    [Fact]
    public void Budget_Version1_ReadsTheMemoryHierarchyOnly()
    {
        MemInfo(20 * GB);
        Write("proc/self/cgroup", "9:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", $"{3 * GB}\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", $"{1 * GB}\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.stat", $"cache 1\ninactive_file 7\ntotal_inactive_file {512 * MB}\n");
        Assert.Equal((2 * GB) + (512 * MB), MemoryBudget.Read(_root).Bytes);
    }

    [Fact]
    public void Budget_GroupIsFull_LeavesSomething()
    {
        MemInfo(20 * GB);
        Write("proc/self/cgroup", "0::/full\n");
        Write("sys/fs/cgroup/full/memory.max", $"{GB}");
        Write("sys/fs/cgroup/full/memory.current", $"{GB}");
        Assert.Equal(GB / 16, MemoryBudget.Read(_root).Bytes);
    }

    [Fact]
    public void Budget_NothingReadable_IsWhatTheRuntimeSees() => Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MemoryBudget.Read(_root).Bytes);

    [Theory]
    [InlineData(64L << 20, 0)]
    [InlineData(1L << 30, 0)]
    [InlineData(1L << 30, 4)]
    [InlineData(24L << 30, 3)]
    [InlineData(1L << 40, 100)]
    public void Make_Parts_MakeUpTheBudget(long budget, int workers)
    {
        MemoryPlan plan = MemoryPlan.Make(budget, "a test", workers: workers);
        long sum = plan.StoreBytes + plan.SiloHeapBytes + (plan.WorkerHeapBytes * workers) + plan.ReserveBytes;
        Assert.InRange(sum, budget - 4096 - workers, budget);
        Assert.InRange(plan.StoreBytes, budget / 5, budget / 3);
        Assert.Equal(0, plan.StoreBytes % 4096);
        Assert.Equal(workers > 0, plan.WorkerHeapBytes > 0);
        Assert.Contains("object store", plan.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Make_SharedMemoryIsSmall_BoundsTheStore()
    {
        MemoryPlan plan = MemoryPlan.Make(10 * GB, "a test", sharedMemoryBytes: 64 * MB);
        Assert.InRange(plan.StoreBytes, 60 * MB, 64 * MB);
        Assert.Equal(5 * GB, MemoryPlan.Make(10 * GB, "a test", 64 * MB, storeBytes: 5 * GB).StoreBytes);
    }

    [Fact]
    public void ForThisNode_IsTheDefaultOfAStore()
    {
        MemoryPlan plan = MemoryPlan.ForThisNode();
        Assert.InRange(new ArenaOptions().CapacityBytes, plan.StoreBytes / 2, plan.StoreBytes * 2);
        Assert.True(plan.BudgetBytes <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    private void MemInfo(long available) => Write("proc/meminfo", $"MemTotal:       33554432 kB\nMemFree:         1000 kB\nMemAvailable:   {available / 1024} kB\n");

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
