using System.Globalization;

namespace RayOrleans.ObjectStore;

/// <summary>
/// What is used of a memory limit: of the machine's memory, or of a control group's (version 1 or 2). Memory that the kernel can take back at once does not count
/// as used; shared memory does.
/// </summary>
/// <param name="UsedBytes">How much is used.</param>
/// <param name="LimitBytes">How much may be.</param>
/// <param name="Source">What sets the limit, in words.</param>
internal readonly record struct MemoryUse(long UsedBytes, long LimitBytes, string Source)
{
    /// <summary>Version 1 says "no limit" with a number close to the largest there is.</summary>
    private const long NoLimit = 1L << 60;

    /// <summary>Of what this process may use, what is closest to its limit: a control group, its own or one above it, or the machine; null: nothing is known.</summary>
    /// <param name="root">The file system's root; another directory in tests.</param>
    public static MemoryUse? Tightest(string root)
    {
        MemoryUse? machine = OfMachine(root);
        MemoryUse? tightest = null;
        foreach (MemoryUse group in OfGroups(root))
        {
            // A group that may have more than there is limits nothing; in one that may not, what others of the machine use is not its business.
            if ((machine is null || group.LimitBytes < machine.Value.LimitBytes) && (tightest is null || group.Part > tightest.Value.Part))
                tightest = group;
        }

        return tightest ?? machine;
    }

    /// <summary>The machine's memory; null: it does not say.</summary>
    public static MemoryUse? OfMachine(string root) =>
        ReadText(Path.Combine(root, "proc/meminfo")) is { } text && FindNumber(text, "MemAvailable:") is { } available && FindNumber(text, "MemTotal:") is { } total
            ? new MemoryUse((total - available) * 1024, total * 1024, "MemTotal of the machine")
            : null;

    /// <summary>The control groups of this process that have a limit, its own and those above it.</summary>
    public static IEnumerable<MemoryUse> OfGroups(string root)
    {
        string groups = ReadText(Path.Combine(root, "proc/self/cgroup")) ?? "";
        foreach (string line in groups.Split('\n'))
        {
            // hierarchy number : controllers : path
            if (line.Split(':', 3) is not [var number, var controllers, var path])
                continue;
            IEnumerable<MemoryUse> found = number == "0" && controllers.Length == 0
                ? ReadTree(Path.Combine(root, "sys/fs/cgroup"), path, "memory.max", "memory.current", "inactive_file ")
                : controllers.Split(',').Contains("memory")
                    ? ReadTree(Path.Combine(root, "sys/fs/cgroup/memory"), path, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ")
                    : [];
            foreach (MemoryUse group in found)
                yield return group;
        }
    }

    /// <summary>The memory of a process that is neither a file's nor shared with others: what its end gives back; null: it has ended, or does not say.</summary>
    /// <param name="root">The file system's root; another directory in tests.</param>
    /// <param name="processId">The process.</param>
    public static long? PrivateOf(string root, int processId)
    {
        string directory = Path.Combine(root, "proc", processId.ToString(CultureInfo.InvariantCulture));
        if (ReadText(Path.Combine(directory, "status")) is { } status && FindNumber(status, "RssAnon:") is { } kilobytes)
            return kilobytes * 1024;
        return ReadText(Path.Combine(directory, "statm"))?.Split(' ') is [_, var resident, var shared, ..]
            && long.TryParse(resident, NumberStyles.None, CultureInfo.InvariantCulture, out long pages)
            && long.TryParse(shared, NumberStyles.None, CultureInfo.InvariantCulture, out long sharedPages)
            ? Math.Max(0, pages - sharedPages) * Environment.SystemPageSize
            : null;
    }

    private double Part => (double)UsedBytes / LimitBytes;

    /// <summary>The group's directory and all above it; inside a container the path may be the host's, and only the mount's own files are there.</summary>
    private static IEnumerable<MemoryUse> ReadTree(string mount, string path, string limitFile, string usageFile, string reclaimable)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int depth = names.Length; depth >= 0; depth--)
        {
            string directory = Path.Combine([mount, .. names[..depth]]);
            if (ReadNumber(Path.Combine(directory, limitFile)) is not { } limit || limit >= NoLimit)
                continue;
            long usage = ReadNumber(Path.Combine(directory, usageFile)) ?? 0;
            long inactive = ReadText(Path.Combine(directory, "memory.stat")) is { } stat ? FindNumber(stat, reclaimable) ?? 0 : 0;
            yield return new MemoryUse(Math.Max(0, usage - inactive), limit, string.Create(CultureInfo.InvariantCulture, $"{limitFile} of control group /{string.Join('/', names[..depth])}"));
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
