using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>A client's first frame.</summary>
internal readonly record struct HelloBody(ushort Version, int ProcessId)
{
    public const ushort CurrentVersion = 1;
    public const int Size = 12;
    private const uint Magic = 0x534F_4152;

    public static HelloBody Read(ReadOnlySpan<byte> from)
    {
        if (from.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic)
            throw new StoreProtocolException("The first frame is no hello of an object store's client.");
        HelloBody hello = new(BinaryPrimitives.ReadUInt16LittleEndian(from[4..]), BinaryPrimitives.ReadInt32LittleEndian(from[8..]));
        if (hello.Version != CurrentVersion)
            throw new StoreProtocolException($"The client speaks version {hello.Version} of the protocol and this store version {CurrentVersion}: use the same release for both.");
        return hello;
    }

    public void Write(Span<byte> to)
    {
        to.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], ProcessId);
    }
}
