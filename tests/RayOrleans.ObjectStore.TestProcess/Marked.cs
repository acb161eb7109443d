using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore.TestProcess;

/// <summary>Values that say themselves what every one of their bytes must be: the key's number, the writer's mark, the length, then numbers that follow from them.</summary>
public static class Marked
{
    private const int HeadItems = 3;

    /// <summary>The key of a number.</summary>
    public static StoreKey Key(int number) => new(0xFA17, (ulong)number * 0x9E37_79B9, number);

    /// <summary>Some length, often of the interesting ones; a multiple of 8.</summary>
    public static int Length(Random random) => 8 * random.Next(6) switch
    {
        0 => random.Next(HeadItems, 100),
        1 => random.Next(HeadItems, 3000),
        2 => (StoreServerOptions.MaxInlineLimitBytes / 8) + random.Next(0, 2),
        3 => random.Next(13_000, 40_000),
        4 => 512 * random.Next(30, 300),
        _ => random.Next(13_000, 250_000),
    };

    /// <summary>The value in full.</summary>
    public static byte[] Value(int number, long mark, int length)
    {
        byte[] bytes = new byte[length];
        Fill(number, mark, bytes);
        return bytes;
    }

    /// <summary>Writes the value.</summary>
    public static void Fill(int number, long mark, Span<byte> to)
    {
        Span<long> items = MemoryMarshal.Cast<byte, long>(to);
        items[0] = number;
        items[1] = mark;
        items[2] = to.Length;
        for (int i = HeadItems; i < items.Length; i++)
            items[i] = Item(number, mark, i);
    }

    /// <summary>Checks every byte and returns the mark.</summary>
    /// <exception cref="InvalidOperationException">A byte is wrong.</exception>
    public static long Check(int number, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<long> items = MemoryMarshal.Cast<byte, long>(bytes);
        if (items[0] != number || items[2] != bytes.Length)
            throw new InvalidOperationException($"BAD: object {number} of {bytes.Length} bytes begins with {items[0]}, {items[1]}, {items[2]}.");
        for (int i = HeadItems; i < items.Length; i++)
        {
            if (items[i] != Item(number, items[1], i))
                throw new InvalidOperationException($"BAD: object {number} of {bytes.Length} bytes, mark {items[1]}, has {items[i]:x} at item {i}.");
        }

        return items[1];
    }

    private static long Item(int number, long mark, int index) => (((long)number << 40) ^ mark) + (index * 0x1E37_79B9_7F4A_7C15);
}
