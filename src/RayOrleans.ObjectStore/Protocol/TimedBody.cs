using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>A key, a length (zero where there is none) and a timeout in milliseconds; -1 waits for ever.</summary>
internal readonly record struct TimedBody(StoreKey Key, long Length, long TimeoutMilliseconds)
{
    public const int Size = StoreKey.Size + 16;
    private const long MaxTimeout = 24 * 60 * 60 * 1000;

    public TimeSpan Timeout => TimeoutMilliseconds < 0 ? System.Threading.Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(TimeoutMilliseconds);

    public static TimedBody Read(ReadOnlySpan<byte> from)
    {
        if (from.Length != Size)
            throw new StoreProtocolException($"A request with a timeout has {Size} bytes, not {from.Length}.");
        TimedBody body = new(
            StoreKey.Read(from),
            BinaryPrimitives.ReadInt64LittleEndian(from[StoreKey.Size..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[(StoreKey.Size + 8)..]));
        if (body.TimeoutMilliseconds is < -1 or > MaxTimeout)
            throw new StoreProtocolException($"A timeout of {body.TimeoutMilliseconds} ms is not between zero and one day.");
        return body;
    }

    public void Write(Span<byte> to)
    {
        Key.Write(to);
        BinaryPrimitives.WriteInt64LittleEndian(to[StoreKey.Size..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[(StoreKey.Size + 8)..], TimeoutMilliseconds);
    }
}
