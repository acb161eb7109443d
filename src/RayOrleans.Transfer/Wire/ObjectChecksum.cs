using System.IO.Hashing;
using System.Runtime.InteropServices;
using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer;

/// <summary>
/// The checksum of an object: XxHash3 over the <see cref="BlockSum"/> of each of its blocks, seeded with its length. Blocks are hashed while their bytes are in
/// the cache, in any order and over several connections. It finds damage and mixed-up bytes; it is no protection against a forger.
/// </summary>
public static class ObjectChecksum
{
    /// <summary>Bytes of a block: small enough to be still in a core's cache when it is hashed after it was received.</summary>
    public const int BlockBytes = 256 << 10;

    /// <summary>The checksum of bytes.</summary>
    /// <param name="bytes">The whole object.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong[] blocks = new ulong[WireLimits.Blocks(bytes.Length)];
        for (int i = 0; i < blocks.Length; i++)
        {
            int start = i * BlockBytes;
            blocks[i] = OfBlock(bytes.Slice(start, Math.Min(BlockBytes, bytes.Length - start)));
        }

        return Combine(blocks, bytes.Length);
    }

    /// <summary>The checksum of a block of the store.</summary>
    /// <param name="block">A sealed block that the caller keeps pinned, or one that the caller is writing.</param>
    public static ulong Of(StoreBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        ulong[] blocks = new ulong[WireLimits.Blocks(block.Length)];
        for (int i = 0; i < blocks.Length; i++)
        {
            long start = (long)i * BlockBytes;
            blocks[i] = OfBlock(block.GetReadOnlySpan(start, (int)Math.Min(BlockBytes, block.Length - start)));
        }

        return Combine(blocks, block.Length);
    }

    internal static ulong OfBlock(ReadOnlySpan<byte> block) => BlockSum.Of(block);

    internal static ulong Combine(ReadOnlySpan<ulong> blocks, long length) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(blocks), length);
}
