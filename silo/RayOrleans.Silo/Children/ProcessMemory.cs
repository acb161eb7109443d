using System.Diagnostics;

namespace RayOrleans.Silo.Children;

/// <summary>What processes have in memory.</summary>
internal static class ProcessMemory
{
    /// <summary>A process's resident memory, in bytes.</summary>
    public static long BytesOf(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }
}
