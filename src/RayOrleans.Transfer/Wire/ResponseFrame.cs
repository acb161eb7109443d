using System.Buffers.Binary;

namespace RayOrleans.Transfer;

/// <summary>
/// The head of a response: 32 bytes, little-endian. When bytes were asked for and are here, <see cref="BodyLength"/> bytes follow, and the
/// checksum of each of their blocks.
/// </summary>
internal readonly record struct ResponseFrame(Answer Answer, uint Number, long ObjectLength, long Offset, int BodyLength)
{
    public const int Bytes = 32;

    public void Write(Span<byte> frame)
    {
        frame[..Bytes].Clear();
        frame[0] = (byte)Answer;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], ObjectLength);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(frame[24..], BodyLength);
    }

    /// <summary>Reads the answer to a request and checks that it is one.</summary>
    /// <exception cref="PeerFailedException">No peer that follows the protocol answers this.</exception>
    public static ResponseFrame Read(ReadOnlySpan<byte> frame, in RequestFrame request)
    {
        ResponseFrame response = new(
            (Answer)frame[0],
            BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(frame[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(frame[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[24..]));
        int expected = response.Answer == Answer.Here && request.Ask == Ask.Bytes ? request.Length : 0;
        bool valid = response.Answer is Answer.Here or Answer.NotHere or Answer.OutOfRange or Answer.Busy
            && response.Number == request.Number
            && response.ObjectLength is >= 0 and <= WireLimits.MaxObjectBytes
            && response.Offset == request.Offset
            && response.BodyLength == expected;
        return valid ? response : throw new PeerFailedException(PeerFailure.Protocol, $"answered a request with something else ({response} to {request})");
    }
}
