using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>
/// Heap dumps of processes that hold what they should not, for whoever looks for what roots it: <c>RAY_KILL_DUMPS</c> names the folder
/// (none are written without it), <c>gcroot</c> of a dump analyser does the rest.
/// </summary>
internal static class HeapDumps
{
    public static async Task WriteAsync(IEnumerable<WorkProcess> processes)
    {
        if (Environment.GetEnvironmentVariable("RAY_KILL_DUMPS") is not { Length: > 0 } folder)
        {
            return;
        }

        string tool = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "createdump");
        foreach (WorkProcess process in processes)
        {
            using Process dump = Process.Start(tool, ["--withheap", "--name", Path.Combine(folder, $"{process.NodeId}.dmp"), $"{process.ProcessId}"]);
            await dump.WaitForExitAsync();
        }
    }
}
