using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>What stands before an object's bytes in a file. Written after them, so that a record that was torn off has none.</summary>
internal readonly record struct RecordHeader(ulong Store, ulong Object, long Length, ulong Checksum)
{
    /// <summary>Bytes of a header; records start at multiples of it.</summary>
    public const int Bytes = 64;

    private const ulong Magic = 0x314C_4C49_5053_5952;
    private const int Words = Bytes / sizeof(ulong);

    public void Write(Span<byte> to)
    {
        Span<ulong> words = stackalloc ulong[Words];
        words[0] = Magic;
        words[1] = Store;
        words[2] = Object;
        words[3] = (ulong)Length;
        words[4] = Checksum;
        words[Words - 1] = Sum(words);
        MemoryMarshal.AsBytes(words).CopyTo(to);
    }

    /// <summary>The header in these bytes; null: there is none that is whole.</summary>
    public static RecordHeader? Read(ReadOnlySpan<byte> from)
    {
        Span<ulong> words = stackalloc ulong[Words];
        from[..Bytes].CopyTo(MemoryMarshal.AsBytes(words));
        return words[0] == Magic && words[Words - 1] == Sum(words) ? new RecordHeader(words[1], words[2], (long)words[3], words[4]) : null;
    }

    private static ulong Sum(ReadOnlySpan<ulong> words) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(words[..^1]));
}
