using System.Buffers.Binary;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// The sending end of requests that are too large for one call of a transport: they go as parts, one call after the other, which the receiver joins
/// (<see cref="PartJoiner"/>) and takes like any request with the last of them. A part says to which transfer it belongs, how large the whole is and where in it
/// the part begins. When a call fails the transfer is given up; the link above sends the whole again, as another transfer. Thread-safe.
/// <code>
/// byte[] answer = await parts.CallAsync(service, batch, static (s, bytes) => s.DeliverAsync(bytes));
/// </code>
/// </summary>
/// <param name="sender">Who sends: with a number of its own it names a transfer.</param>
/// <param name="partBytes">The size of a part.</param>
internal sealed class RequestParts(Func<NodeId> sender, int partBytes = ClusterLimits.PartBytes)
{
    internal const int HeaderBytes = 34;

    /// <summary>How often a transfer begins anew because the receiver does not know it (any more), before the caller is told.</summary>
    private const int MaxBeginnings = 3;

    private long _transfers;

    /// <summary>Calls with the request, in one call where it fits.</summary>
    /// <exception cref="Exception">A call failed, or the receiver has lost the parts again and again: whether the request was taken is not known.</exception>
    public ValueTask<byte[]> CallAsync<TTarget>(TTarget target, byte[] request, Func<TTarget, byte[], ValueTask<byte[]>> call) =>
        request.Length <= ClusterLimits.MaxBatchBytes ? call(target, request) : CallInPartsAsync(target, request, call);

    /// <summary>The receiver's answer to a part that completes nothing.</summary>
    internal static byte[] Kept { get; } = [(byte)PartVerdict.Kept];

    /// <summary>The receiver's answer to a part whose beginning it has not.</summary>
    internal static byte[] Unknown { get; } = [(byte)PartVerdict.Unknown];

    /// <summary>The answer to the whole request, as the answer to its last part.</summary>
    internal static byte[] Joined(byte[] answer) => [(byte)PartVerdict.Joined, .. answer];

    internal static bool IsPart(ReadOnlySpan<byte> request) => !request.IsEmpty && request[0] == (byte)RequestKind.Part;

    /// <summary>Reads a part's header.</summary>
    /// <exception cref="CorruptBatchException">The bytes are damaged, or of another version.</exception>
    internal static PartHeader ReadHeader(ReadOnlySpan<byte> part)
    {
        if (part.Length <= HeaderBytes || part[1] != BatchCodec.Format)
        {
            throw new CorruptBatchException($"Damaged bytes: {part.Length} of them are no part of a request.");
        }

        PartHeader header = new(
            new NodeId(BinaryPrimitives.ReadUInt128LittleEndian(part[2..])),
            BinaryPrimitives.ReadInt64LittleEndian(part[18..]),
            BinaryPrimitives.ReadInt32LittleEndian(part[26..]),
            BinaryPrimitives.ReadInt32LittleEndian(part[30..]));
        return header.Total is > 0 and <= BatchCodec.MaxBytes && header.Offset >= 0 && header.Offset <= header.Total - (part.Length - HeaderBytes)
            ? header
            : throw new CorruptBatchException($"Damaged bytes: a part at {header.Offset} of a request of {header.Total} bytes; at most {BatchCodec.MaxBytes} are read.");
    }

    private async ValueTask<byte[]> CallInPartsAsync<TTarget>(TTarget target, byte[] request, Func<TTarget, byte[], ValueTask<byte[]>> call)
    {
        if (request.Length > BatchCodec.MaxBytes)
        {
            throw new ArgumentException($"A request of {request.Length} bytes; at most {BatchCodec.MaxBytes} are sent.", nameof(request));
        }

        for (int beginning = 0; beginning < MaxBeginnings; beginning++)
        {
            long number = Interlocked.Increment(ref _transfers);
            for (int offset = 0; ; offset += partBytes)
            {
                byte[] answer = await call(target, Part(request, number, offset)).ConfigureAwait(false);
                bool isLast = offset + partBytes >= request.Length;
                PartVerdict verdict = answer.Length == 0 ? throw new CorruptBatchException("A part of a request was not answered as one.") : (PartVerdict)answer[0];
                if (verdict == PartVerdict.Unknown)
                {
                    // The receiver moved meanwhile, or had to make room.
                    break;
                }

                if (isLast != (verdict == PartVerdict.Joined))
                {
                    throw new CorruptBatchException($"A part of a request was answered with {answer[0]}.");
                }

                if (isLast)
                {
                    return answer[1..];
                }
            }
        }

        throw new IOException($"A request of {request.Length} bytes was begun {MaxBeginnings} times, and its receiver lost its parts each time.");
    }

    private byte[] Part(byte[] request, long number, int offset)
    {
        int count = Math.Min(partBytes, request.Length - offset);
        byte[] part = new byte[HeaderBytes + count];
        part[0] = (byte)RequestKind.Part;
        part[1] = BatchCodec.Format;
        BinaryPrimitives.WriteUInt128LittleEndian(part.AsSpan(2), sender().Value);
        BinaryPrimitives.WriteInt64LittleEndian(part.AsSpan(18), number);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(26), request.Length);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(30), offset);
        request.AsSpan(offset, count).CopyTo(part.AsSpan(HeaderBytes));
        return part;
    }
}
