using System.Buffers.Binary;
using System.Globalization;

namespace RayOrleans.ObjectStore;

/// <summary>Names an object among the processes of a node: 20 bytes that the store does not interpret.</summary>
/// <param name="High">The first 8 bytes.</param>
/// <param name="Low">The next 8 bytes.</param>
/// <param name="Index">The last 4 bytes.</param>
public readonly record struct StoreKey(ulong High, ulong Low, int Index)
{
    internal const int Size = 20;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // Keys may differ in a few low bits only, and the low bits choose the shard.
        ulong mixed = ((High * 0x9E3779B97F4A7C15) ^ Low) + ((ulong)(uint)Index * 0xC2B2AE3D27D4EB4F);
        mixed *= 0xD6E8FEB86659FD93;
        return (int)(mixed >> 32);
    }

    /// <summary>The bytes as hexadecimal digits and the index: <c>hex:index</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}:{Index}");

    internal static StoreKey Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(from[16..]));

    internal void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, High);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Low);
        BinaryPrimitives.WriteInt32LittleEndian(to[16..], Index);
    }
}
