using System.Globalization;

namespace RayOrleans.ObjectStore;

/// <summary>
/// The memory that this process may use: what the machine has available, and what the limits of its control groups (version 1 or 2, its own and those above it)
/// leave. Memory that the kernel can take back at once does not count as used.
/// </summary>
/// <param name="Bytes">How much.</param>
/// <param name="Source">Which of them sets it.</param>
internal readonly record struct MemoryBudget(long Bytes, string Source)
{
    /// <summary>Version 1 says "no limit" with a number close to the largest there is.</summary>
    private const long NoLimit = 1L << 60;

    /// <param name="root">The file system's root; another directory in tests.</param>
    public static MemoryBudget Read(string root)
    {
        MemoryBudget budget = ReadMachine(Path.Combine(root, "proc/meminfo"));
        foreach (MemoryBudget limit in ReadGroups(root))
        {
            if (limit.Bytes < budget.Bytes)
                budget = limit;
        }

        return budget;
    }

    private static MemoryBudget ReadMachine(string meminfo)
    {
        if (ReadText(meminfo) is { } text && FindNumber(text, "MemAvailable:") is { } kilobytes)
            return new MemoryBudget(kilobytes * 1024, "MemAvailable of the machine");
        return new MemoryBudget(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "what the .NET runtime sees");
    }

    private static IEnumerable<MemoryBudget> ReadGroups(string root)
    {
        string groups = ReadText(Path.Combine(root, "proc/self/cgroup")) ?? "";
        foreach (string line in groups.Split('\n'))
        {
            // hierarchy number : controllers : path
            if (line.Split(':', 3) is not [var number, var controllers, var path])
                continue;
            IEnumerable<MemoryBudget> found = number == "0" && controllers.Length == 0
                ? ReadTree(Path.Combine(root, "sys/fs/cgroup"), path, "memory.max", "memory.current", "inactive_file ")
                : controllers.Split(',').Contains("memory")
                    ? ReadTree(Path.Combine(root, "sys/fs/cgroup/memory"), path, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ")
                    : [];
            foreach (MemoryBudget limit in found)
                yield return limit;
        }
    }

    /// <summary>The group's directory and all above it; inside a container the path may be the host's, and only the mount's own files are there.</summary>
    private static IEnumerable<MemoryBudget> ReadTree(string mount, string path, string limitFile, string usageFile, string reclaimable)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int depth = names.Length; depth >= 0; depth--)
        {
            string directory = Path.Combine([mount, .. names[..depth]]);
            if (ReadNumber(Path.Combine(directory, limitFile)) is not { } limit || limit >= NoLimit)
                continue;
            long usage = ReadNumber(Path.Combine(directory, usageFile)) ?? 0;
            long inactive = ReadText(Path.Combine(directory, "memory.stat")) is { } stat ? FindNumber(stat, reclaimable) ?? 0 : 0;
            long left = limit - Math.Max(0, usage - inactive);
            yield return new MemoryBudget(Math.Max(left, limit / 16), string.Create(CultureInfo.InvariantCulture, $"{limitFile} of control group /{string.Join('/', names[..depth])}"));
        }
    }

    private static long? ReadNumber(string file) =>
        ReadText(file) is { } text && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static long? FindNumber(string text, string name)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal)
                && long.TryParse(line[name.Length..].Trim().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                return number;
        }

        return null;
    }

    private static string? ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not there on this system, or in this container.
            return null;
        }
    }
}
