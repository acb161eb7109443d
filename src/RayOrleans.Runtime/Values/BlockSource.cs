using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Reads a value from its block in the store; memory that is handed out in place keeps the block pinned.</summary>
internal sealed class BlockSource(StoreBlock block) : ValueSource
{
    /// <summary>Whether the value reads memory in place.</summary>
    public bool IsReadInPlace { get; private set; }

    public override long Length => block.Length;

    public override bool IsPinnedStore => true;

    public override ReadOnlySpan<byte> Read(long offset, int length) => block.GetReadOnlySpan(offset, length);

    public override ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
    {
        IsReadInPlace = true;
        return block.GetMemory<T>(byteOffset, count);
    }
}
