using System.Buffers.Binary;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>The server's answer to a hello: which arena to map, and the limits.</summary>
internal sealed record WelcomeBody(ushort Version, ArenaIdentity Arena, long CapacityBytes, int InlineLimitBytes, string Path)
{
    private const int FixedSize = 40;
    private const int MaxPathBytes = 4096;

    public static WelcomeBody Read(ReadOnlySpan<byte> from)
    {
        if (from.Length is <= FixedSize or > FixedSize + MaxPathBytes)
            throw new StoreProtocolException($"A welcome has {FixedSize} bytes and a path, not {from.Length} bytes.");
        WelcomeBody welcome = new(
            BinaryPrimitives.ReadUInt16LittleEndian(from),
            new ArenaIdentity(BinaryPrimitives.ReadUInt64LittleEndian(from[8..]), BinaryPrimitives.ReadUInt64LittleEndian(from[16..])),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[32..]),
            Encoding.UTF8.GetString(from[FixedSize..]));
        if (welcome.Version != HelloBody.CurrentVersion)
            throw new StoreProtocolException($"The store speaks version {welcome.Version} of the protocol and this client version {HelloBody.CurrentVersion}.");
        if (welcome.CapacityBytes is < 4096 or > ArenaOptions.MaxCapacityBytes || welcome.InlineLimitBytes is < 0 or > StoreServerOptions.MaxInlineLimitBytes)
            throw new StoreProtocolException($"The store says it has {welcome.CapacityBytes} bytes and sends {welcome.InlineLimitBytes} inline.");
        return welcome;
    }

    public byte[] ToBytes()
    {
        byte[] path = Encoding.UTF8.GetBytes(Path);
        byte[] bytes = new byte[FixedSize + path.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Arena.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Arena.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), CapacityBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), InlineLimitBytes);
        path.CopyTo(bytes, FixedSize);
        return bytes;
    }
}
