using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RayOrleans.ObjectStore;

/// <summary>Copying into the arena.</summary>
internal static unsafe class MemoryCopy
{
    /// <summary>From this length on copies bypass the caches.</summary>
    public const long NonTemporalThreshold = 1 << 20;
    private const int Line = 64;

    private static bool CanBypass => Sse.IsSupported && (Vector512.IsHardwareAccelerated || Vector256.IsHardwareAccelerated);

    public static void Copy(byte* from, byte* to, long length)
    {
        if (length >= NonTemporalThreshold && CanBypass)
            CopyAroundCaches(from, to, length);
        else
            Buffer.MemoryCopy(from, to, length, length);
    }

    internal static void CopyAroundCaches(byte* from, byte* to, long length)
    {
        long head = Math.Min(length, -(nint)to & (Line - 1));
        Buffer.MemoryCopy(from, to, head, head);
        long lines = (length - head) & -Line;
        if (Vector512.IsHardwareAccelerated)
            Stream512(from + head, to + head, lines);
        else
            Stream256(from + head, to + head, lines);
        // Non-temporal stores are weakly ordered: without the fence a reader that sees the seal could miss the bytes.
        Sse.StoreFence();
        long done = head + lines;
        Buffer.MemoryCopy(from + done, to + done, length - done, length - done);
    }

    private static void Stream512(byte* from, byte* to, long length)
    {
        long at = 0;
        for (; at + (4 * Line) <= length; at += 4 * Line)
        {
            Vector512<byte> a = Vector512.Load(from + at), b = Vector512.Load(from + at + Line);
            Vector512<byte> c = Vector512.Load(from + at + (2 * Line)), d = Vector512.Load(from + at + (3 * Line));
            a.StoreAlignedNonTemporal(to + at);
            b.StoreAlignedNonTemporal(to + at + Line);
            c.StoreAlignedNonTemporal(to + at + (2 * Line));
            d.StoreAlignedNonTemporal(to + at + (3 * Line));
        }

        for (; at < length; at += Line)
            Vector512.Load(from + at).StoreAlignedNonTemporal(to + at);
    }

    private static void Stream256(byte* from, byte* to, long length)
    {
        for (long at = 0; at < length; at += Line)
        {
            Vector256<byte> a = Vector256.Load(from + at), b = Vector256.Load(from + at + (Line / 2));
            a.StoreAlignedNonTemporal(to + at);
            b.StoreAlignedNonTemporal(to + at + (Line / 2));
        }
    }
}
