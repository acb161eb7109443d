using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Processes;

/// <summary>Writes a serialised value into an object of the node's store.</summary>
internal sealed class SharedWriter(SharedWrite write) : IBlockWriter
{
    public void Write(long offset, ReadOnlySpan<byte> data) => write.Write(offset, data);
}
