using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>
/// The head of a frame: length of what follows it (4 bytes, little-endian), kind, detail (flags of a request, status of an answer), shape of an
/// answer's body, a zero, and the request's number (4 bytes). The body follows.
/// </summary>
internal readonly record struct Frame(FrameKind Kind, byte Detail, AnswerShape Shape, uint Number, int BodyLength)
{
    public const int HeadLength = 12;

    /// <summary>The longest body there is: an inline value, or its key and an inline value.</summary>
    public const int MaxBodyLength = StoreServerOptions.MaxInlineLimitBytes + 64;
    private const int AfterLength = HeadLength - 4;

    public static void WriteHead(Span<byte> to, FrameKind kind, byte detail, AnswerShape shape, uint number, int bodyLength)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, AfterLength + bodyLength);
        to[4] = (byte)kind;
        to[5] = detail;
        to[6] = (byte)shape;
        to[7] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], number);
    }

    /// <summary>Reads a head.</summary>
    /// <exception cref="StoreProtocolException">It is none.</exception>
    public static Frame ReadHead(ReadOnlySpan<byte> from)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(from);
        if (length is < AfterLength or > AfterLength + MaxBodyLength)
            throw new StoreProtocolException($"A frame says it is {length} bytes long; {AfterLength} to {AfterLength + MaxBodyLength} are possible.");
        FrameKind kind = (FrameKind)from[4];
        if (kind is < FrameKind.Hello or > FrameKind.Error)
            throw new StoreProtocolException($"There is no frame of kind {from[4]}.");
        if (from[6] > (byte)AnswerShape.Text || from[7] != 0)
            throw new StoreProtocolException($"A frame of kind {kind} has bytes {from[6]} and {from[7]} where a shape and a zero belong.");
        return new Frame(kind, from[5], (AnswerShape)from[6], BinaryPrimitives.ReadUInt32LittleEndian(from[8..]), (int)length - AfterLength);
    }
}
