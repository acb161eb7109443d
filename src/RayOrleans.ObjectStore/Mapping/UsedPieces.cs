namespace RayOrleans.ObjectStore;

/// <summary>Which pieces of an arena were written before through one mapping: a bit for each. Thread-safe.</summary>
internal sealed class UsedPieces(long length)
{
    public const long PieceBytes = 1 << 20;
    private readonly long[] _bits = new long[((length + PieceBytes - 1) / PieceBytes + 63) / 64];

    /// <summary>The next part of a range that lies in one piece, or in several alike; whether it was used before. It counts as used from now on.</summary>
    public long Next(long offset, long length, out bool isUsed)
    {
        long at = offset / PieceBytes;
        isUsed = Use(at);
        long end = Math.Min(offset + length, (at + 1) * PieceBytes);
        while (end < offset + length && IsUsed(end / PieceBytes) == isUsed)
        {
            Use(end / PieceBytes);
            end = Math.Min(offset + length, end + PieceBytes);
        }

        return end - offset;
    }

    private bool IsUsed(long piece) => (Volatile.Read(ref _bits[piece >> 6]) & (1L << (int)(piece & 63))) != 0;

    private bool Use(long piece)
    {
        long bit = 1L << (int)(piece & 63);
        return (Volatile.Read(ref _bits[piece >> 6]) & bit) != 0 || (Interlocked.Or(ref _bits[piece >> 6], bit) & bit) != 0;
    }
}
