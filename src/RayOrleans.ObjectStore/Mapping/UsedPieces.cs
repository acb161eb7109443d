namespace RayOrleans.ObjectStore;

/// <summary>Which pieces of an arena one mapping has had pages for: a bit for each. Thread-safe.</summary>
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

    /// <summary>All pieces wholly in a range count as used.</summary>
    public void Mark(long offset, long length)
    {
        for (long piece = (offset + PieceBytes - 1) / PieceBytes; piece < (offset + length) / PieceBytes; piece++)
            Use(piece);
    }

    /// <summary>All pieces that touch a range count as unused.</summary>
    public void Clear(long offset, long length)
    {
        for (long piece = offset / PieceBytes; piece * PieceBytes < offset + length; piece++)
            Interlocked.And(ref _bits[piece >> 6], ~(1L << (int)(piece & 63)));
    }

    private bool IsUsed(long piece) => (Volatile.Read(ref _bits[piece >> 6]) & (1L << (int)(piece & 63))) != 0;

    private bool Use(long piece)
    {
        long bit = 1L << (int)(piece & 63);
        return (Volatile.Read(ref _bits[piece >> 6]) & bit) != 0 || (Interlocked.Or(ref _bits[piece >> 6], bit) & bit) != 0;
    }
}
