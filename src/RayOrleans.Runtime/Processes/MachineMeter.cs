using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>Measures what the kernel says: of the control group, else of the machine.</summary>
internal sealed class MachineMeter : IMemoryMeter
{
    public MemoryUse? Use() => MemoryUse.Tightest("/");

    public long? PrivateBytesOf(int processId) => MemoryUse.PrivateOf("/", processId);
}
