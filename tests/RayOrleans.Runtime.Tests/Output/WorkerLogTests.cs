using RayOrleans.Runtime.Output;

namespace RayOrleans.Runtime.Tests.Output;

public sealed class WorkerLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-log-test-");

    [Fact]
    public async Task Write_MoreThanAFileHolds_KeepsThisOneAndTheOneBefore()
    {
        RayOptions options = new() { LogDirectory = Path.Combine(_folder.FullName, "logs"), ObjectStoreBytes = 1 << 20 };
        await using LocalNode node = LocalNode.Start(options);
        WorkerLogs logs = node.Services.Logs;
        using WorkerLog log = new(logs, "out");
        string line = new('x', 1 << 20);

        log.Write(null, 7, null, "before there is a job");
        for (int i = 0; i < 20; i++)
        {
            log.Write(new JobId(5), 7, "f", line);
        }

        Assert.Equal(["worker-0000000000000005-7.out", "worker-0000000000000005-7.out.1", "worker-spare-7.out"], Directory.GetFiles(logs.Folder).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(logs.Folder), f => Assert.InRange(new FileInfo(f).Length, 1, WorkerLogs.FileBytes + (1 << 20) + 10));
        Assert.StartsWith("(f) xxx", File.ReadLines(Path.Combine(logs.Folder, "worker-0000000000000005-7.out.1")).First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ManyFilesAndOldFolders_OnlyTheNewestAreKept()
    {
        string parent = Path.Combine(_folder.FullName, "logs");
        RayOptions options = new() { LogDirectory = parent, ObjectStoreBytes = 1 << 20 };
        for (int i = 0; i < 20; i++)
        {
            // Of a process that is not there: nobody has this start time.
            Directory.CreateDirectory(Path.Combine(parent, $"{i:x32}-rayorleans-store-{Environment.ProcessId}-1-{i}"));
        }

        string others = Directory.CreateDirectory(Path.Combine(parent, "something-else")).FullName;
        await using LocalNode node = LocalNode.Start(options);
        for (int i = 0; i < 210; i++)
        {
            node.Services.Logs.Open($"worker-{i}.out")!.Dispose();
        }

        Assert.Equal(200, Directory.GetFiles(node.Services.Logs.Folder).Length);
        Assert.True(Directory.Exists(others));
        Assert.Equal(8 + 1 + 1, Directory.GetDirectories(parent).Length);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
