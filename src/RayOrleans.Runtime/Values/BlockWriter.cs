using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Writes a serialised value into a block with the store's own copy.</summary>
internal sealed class BlockWriter(StoreBlock block) : IBlockWriter
{
    public void Write(long offset, ReadOnlySpan<byte> data) => block.Write(offset, data);
}
