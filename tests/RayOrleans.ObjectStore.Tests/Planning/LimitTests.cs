using RayOrleans.ObjectStore.Tests.Sharing;

namespace RayOrleans.ObjectStore.Tests.Planning;

/// <summary>A store and its client in a process with little memory. Where the machine lets nobody make such a place, there is nothing to test.</summary>
public sealed class LimitTests
{
    private const string Groups = "/sys/fs/cgroup/memory";
    private const long Capacity = 1L << 30;

    [Fact]
    public void Store_FileSystemFillsUp_IsRefusedAndRecovers()
    {
        string directory = Directory.CreateTempSubdirectory("objectstore-full-").FullName;
        try
        {
            using ChildProcess probe = ChildProcess.InShell($"unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs {directory}' || exit 77; exit 0;");
            if (probe.ExitCode() != 0)
                return;
            using ChildProcess child = ChildProcess.InShell(
                $"exec unshare -m sh -c 'mount -t tmpfs -o size=512m tmpfs {directory} && exec \"$@\"' sh", "fill", directory, $"{Capacity}");
            Assert.True(child.ExitCode() == 0, child.Said);
            Assert.Contains("refused", child.Said, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Store_OfDefaultSizeInAGroupWithALimit_StaysWithinIt()
    {
        string group = Path.Combine(Groups, $"rayorleans-test-{Environment.ProcessId}");
        if (!CanLimit(group))
            return;
        try
        {
            // The plan reads the limit itself; the whole store is filled twice, and the kernel would end the process at the limit.
            using ChildProcess child = ChildProcess.InShell($"echo $$ > {group}/cgroup.procs && exec", "fill", "/dev/shm", "0");
            Assert.True(child.ExitCode() == 0, child.Said);
            Assert.Contains("full: ", child.Said, StringComparison.Ordinal);
        }
        finally
        {
            TestNode.Eventually(() => File.ReadAllText(Path.Combine(group, "cgroup.procs")).Length == 0, () => "the group to be empty");
            Directory.Delete(group);
        }
    }

    private static bool CanLimit(string group)
    {
        try
        {
            if (!Directory.Exists(Groups))
                return false;
            Directory.CreateDirectory(group);
            File.WriteAllText(Path.Combine(group, "memory.limit_in_bytes"), $"{Capacity}");
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(group))
                Directory.Delete(group);
            return false;
        }
    }
}
