using System.Runtime.Intrinsics;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A copy whose stores bypass the caches: for blocks larger than they are, it spares reading what is overwritten.</summary>
internal static unsafe class NonTemporalCopy
{
    private const int Stride = 128;

    /// <summary>Copies bytes between memory that does not overlap.</summary>
    /// <param name="source">From where.</param>
    /// <param name="target">To where.</param>
    /// <param name="length">How many.</param>
    public static void Copy(byte* source, byte* target, long length)
    {
        long head = Math.Min(length, -(long)target & (Vector256<byte>.Count - 1));
        Buffer.MemoryCopy(source, target, head, head);
        long i = head;
        for (; i + Stride <= length; i += Stride)
        {
            Vector256<byte> a = Vector256.Load(source + i);
            Vector256<byte> b = Vector256.Load(source + i + 32);
            Vector256<byte> c = Vector256.Load(source + i + 64);
            Vector256<byte> d = Vector256.Load(source + i + 96);
            a.StoreAlignedNonTemporal(target + i);
            b.StoreAlignedNonTemporal(target + i + 32);
            c.StoreAlignedNonTemporal(target + i + 64);
            d.StoreAlignedNonTemporal(target + i + 96);
        }

        Buffer.MemoryCopy(source + i, target + i, length - i, length - i);

        // Makes the stores that bypassed the caches visible before the copy counts as done.
        Thread.MemoryBarrier();
    }
}
