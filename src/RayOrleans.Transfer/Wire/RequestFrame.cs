using System.Buffers.Binary;

namespace RayOrleans.Transfer;

/// <summary>
/// A request: 48 bytes, little-endian. <see cref="Reader"/> is a number that the puller drew, the same on all its connections; <see cref="IsLast"/>
/// says that it asks for nothing more of this object.
/// </summary>
internal readonly record struct RequestFrame(Ask Ask, uint Number, ObjectKey Key, long Offset, int Length, uint Reader = 0, bool IsLast = false)
{
    public const int Bytes = 48;

    public void Write(Span<byte> frame)
    {
        frame[..Bytes].Clear();
        frame[0] = (byte)Ask;
        frame[1] = IsLast ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], Key.Id.Task.High);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], Key.Id.Task.Low);
        BinaryPrimitives.WriteInt32LittleEndian(frame[24..], Key.Id.Index);
        BinaryPrimitives.WriteInt32LittleEndian(frame[28..], Key.Version);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(frame[40..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[44..], Reader);
    }

    /// <summary>Reads a frame and checks every number in it.</summary>
    /// <exception cref="PeerFailedException">No peer that follows the protocol sends this.</exception>
    public static RequestFrame Read(ReadOnlySpan<byte> frame)
    {
        RequestFrame request = new(
            (Ask)frame[0],
            BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]),
            ReadKey(frame[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(frame[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(frame[44..]),
            frame[1] == 1);
        bool valid = request.Ask is Ask.Length or Ask.Bytes
            && frame[1] <= 1 && (frame[2] | frame[3]) == 0
            && request.Offset is >= 0 and <= WireLimits.MaxObjectBytes
            && request.Offset % ObjectChecksum.BlockBytes == 0
            && request.Length is >= 0 and <= WireLimits.MaxFetchBytes;
        return valid ? request : throw new PeerFailedException(PeerFailure.Protocol, $"sent an invalid request ({request})");
    }

    private static ObjectKey ReadKey(ReadOnlySpan<byte> frame)
    {
        TaskId task = new(BinaryPrimitives.ReadUInt64LittleEndian(frame), BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]));
        return new ObjectKey(
            new ObjectId(task, BinaryPrimitives.ReadInt32LittleEndian(frame[16..])),
            BinaryPrimitives.ReadInt32LittleEndian(frame[20..]));
    }
}
