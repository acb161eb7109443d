using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer;

/// <summary>Where an object is received into: an unsealed block, or a small array.</summary>
internal sealed class PullTarget
{
    private readonly byte[]? _array;

    /// <summary>Receives into a block. Every receive must have ended before the block is sealed or aborted.</summary>
    public PullTarget(StoreBlock block)
    {
        Block = block;
        Length = block.Length;
    }

    /// <summary>Receives into an array.</summary>
    public PullTarget(int length)
    {
        _array = new byte[length];
        Length = length;
    }

    public StoreBlock? Block { get; }

    public ReadOnlyMemory<byte> Inline => _array;

    public long Length { get; }

    public unsafe Memory<byte> Slice(long offset, int length) =>
        Block is null ? _array.AsMemory((int)offset, length) : new NativeMemory(Block.Pointer + offset, length).Memory;

    /// <summary>The object did not come.</summary>
    public void Abandon() => Block?.Delete();
}
