using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>Measures memory for <see cref="MemoryMonitor"/>.</summary>
internal interface IMemoryMeter
{
    /// <summary>What is used of the limit that the node is closest to; null: nobody says.</summary>
    MemoryUse? Use();

    /// <summary>The memory that the end of a process gives back; null: it has ended.</summary>
    long? PrivateBytesOf(int processId);
}
