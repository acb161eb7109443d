using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>Reads a value from its block in the store. All memory that is handed out in place shares one pin: it is valid until that is disposed of, and keeps it from being collected.</summary>
internal sealed class BlockSource(StorePin pin) : PinnedSource
{
    private readonly StoreBlock _block = pin.Block;

    public override long Length => _block.Length;

    public override ReadOnlySpan<byte> Read(long offset, int length) => _block.GetReadOnlySpan(offset, length);

    public override ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
    {
        IsReadInPlace = true;
        return pin.GetMemory<T>(byteOffset, count);
    }
}
