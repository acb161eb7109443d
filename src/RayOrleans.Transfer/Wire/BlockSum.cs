using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RayOrleans.Transfer;

/// <summary>
/// The checksum of a block: Fletcher-4, as file systems use it (sums of 32-bit little-endian words, and sums of these sums, in 64 bits), in 16
/// interleaved lanes, and XxHash3 over the sums and the rest, seeded with the length. The sums run at the speed of the memory. Before the last hash, whatever is
/// wrong in one or two words of a lane is found for certain.
/// </summary>
internal static class BlockSum
{
    private const int Step = 64;
    private const int Sums = 4 * Step;

    /// <summary>Below it, no sum of sums overflows.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>The checksum of a block of at most 1 MiB.</summary>
    public static ulong Of(ReadOnlySpan<byte> block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(block.Length, MaxBytes);
        Vector512<ulong> even = default, odd = default, evenSums = default, oddSums = default, low = Vector512.Create((ulong)uint.MaxValue);
        ref byte first = ref MemoryMarshal.GetReference(block);
        int whole = block.Length & -Step;
        for (int i = 0; i < whole; i += Step)
        {
            Vector512<ulong> words = Vector512.LoadUnsafe(ref first, (nuint)i).AsUInt64();
            even += words & low;
            odd += words >>> 32;
            evenSums += even;
            oddSums += odd;
        }

        Span<byte> end = stackalloc byte[Sums + Step];
        even.AsByte().CopyTo(end);
        odd.AsByte().CopyTo(end[Step..]);
        evenSums.AsByte().CopyTo(end[(2 * Step)..]);
        oddSums.AsByte().CopyTo(end[(3 * Step)..]);
        block[whole..].CopyTo(end[Sums..]);
        return XxHash3.HashToUInt64(end[..(Sums + block.Length - whole)], block.Length);
    }
}
