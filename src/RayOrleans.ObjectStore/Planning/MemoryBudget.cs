namespace RayOrleans.ObjectStore;

/// <summary>
/// The memory that this process may use: what the machine has available, and what the limits of its control groups (version 1 or 2, its own and those above it)
/// leave. Memory that the kernel can take back at once does not count as used.
/// </summary>
/// <param name="Bytes">How much.</param>
/// <param name="Source">Which of them sets it.</param>
internal readonly record struct MemoryBudget(long Bytes, string Source)
{
    /// <param name="root">The file system's root; another directory in tests.</param>
    public static MemoryBudget Read(string root)
    {
        MemoryBudget budget = MemoryUse.OfMachine(root) is { } machine
            ? new MemoryBudget(machine.LimitBytes - machine.UsedBytes, "MemAvailable of the machine")
            : new MemoryBudget(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "what the .NET runtime sees");
        foreach (MemoryUse group in MemoryUse.OfGroups(root))
        {
            long left = Math.Max(group.LimitBytes - group.UsedBytes, group.LimitBytes / 16);
            if (left < budget.Bytes)
                budget = new MemoryBudget(left, group.Source);
        }

        return budget;
    }
}
