using System.Globalization;
using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>What people are told when a node's memory runs out.</summary>
internal static class MemoryReport
{
    private const int ListedProcesses = 3;
    private const int ListedNames = 3;

    /// <summary>Why a process was stopped, as a clause.</summary>
    public static string WhyStopped(NodeServices node, in MemoryUse use, WorkerMemory stopped, IReadOnlyList<WorkerMemory> workers) =>
        $"its node {node.NodeId} stopped it because memory ran out: {InUse(node, use)}. The process had {Size(stopped.PrivateBytes)} of its own; the largest worker processes of the node were "
        + string.Join(", ", workers.OrderByDescending(static w => w.PrivateBytes).Take(ListedProcesses).Select(Line))
        + ". Let fewer such tasks run at a time (Ray.Options(memory: ...) reserves memory, numCpus more of the node), let them need less, or give the node more memory";

    /// <summary>Why none was stopped.</summary>
    public static string NoneHelps(NodeServices node, in MemoryUse use) =>
        $"Memory runs out on node {node.NodeId}: {InUse(node, use)}. No worker process has enough of it that stopping one would help: the silo itself, its object store or other programs have it.";

    private static string InUse(NodeServices node, in MemoryUse use) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Size(use.UsedBytes)} of {Size(use.LimitBytes)} were in use ({use.Source}), more than {node.Options.MemoryUsageThreshold:P1} (RayOptions.MemoryUsageThreshold)");

    private static string Line(WorkerMemory worker) => $"{((WorkerProcess)worker.Worker).ProcessId} with {Size(worker.PrivateBytes)} ({Names(worker.Work.Names)})";

    private static string Names(IReadOnlyList<string> names)
    {
        List<string> different = [.. names.Distinct()];
        return different.Count == 0 ? "idle" : string.Join(", ", different.Take(ListedNames)) + (different.Count > ListedNames ? $" and {different.Count - ListedNames} more" : "");
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):N0} MiB");
}
