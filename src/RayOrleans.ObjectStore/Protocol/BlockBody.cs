using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>Where an object lies in the arena, and the number of the pin or of the unsealed object.</summary>
internal readonly record struct BlockBody(uint Number, long Offset, long Length)
{
    public const int Size = 20;

    public static BlockBody Read(ReadOnlySpan<byte> from) => from.Length != Size
        ? throw new StoreProtocolException($"A block is described by {Size} bytes, not {from.Length}.")
        : new(BinaryPrimitives.ReadUInt32LittleEndian(from), BinaryPrimitives.ReadInt64LittleEndian(from[4..]), BinaryPrimitives.ReadInt64LittleEndian(from[12..]));

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Number);
        BinaryPrimitives.WriteInt64LittleEndian(to[4..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(to[12..], Length);
    }
}
