using System.Buffers.Binary;
using System.IO.Hashing;

namespace RayOrleans.Transfer.Tests.Wire;

public sealed class BlockSumTests
{
    [Fact]
    public void Of_AnyLength_IsWhatTheSumsAreOneWordAtATime()
    {
        Random random = new(5);
        int[] lengths = [0, 1, 3, 4, 63, 64, 65, 127, 128, 1000, ObjectChecksum.BlockBytes - 1, ObjectChecksum.BlockBytes, 1 << 20];
        foreach (int length in lengths)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(OneWordAtATime(bytes), BlockSum.Of(bytes));
            Array.Fill(bytes, byte.MaxValue);
            Assert.Equal(OneWordAtATime(bytes), BlockSum.Of(bytes));
        }
    }

    [Fact]
    public void Of_AnyBitOfABlock_Counts()
    {
        byte[] bytes = TransferNode.Bytes(1_000 + 7);
        HashSet<ulong> seen = [BlockSum.Of(bytes)];
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(BlockSum.Of(bytes)), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>What plain sums do not see: a word is higher by as much as another one of its lane is lower, words change places, and the same top bits are gone.</summary>
    [Fact]
    public void Of_TwoWordsOfALaneThatMakeUpForEachOther_Differs()
    {
        Random random = new(7);
        byte[] bytes = new byte[ObjectChecksum.BlockBytes];
        for (int round = 0; round < 2_000; round++)
        {
            random.NextBytes(bytes.AsSpan(0, 4096));
            int lane = random.Next(16) * sizeof(uint);
            Span<byte> one = bytes.AsSpan(lane + (random.Next(32) * 64), sizeof(uint));
            Span<byte> other = bytes.AsSpan(lane + ((32 + random.Next(32)) * 64), sizeof(uint));
            (uint a, uint b) = (BinaryPrimitives.ReadUInt32LittleEndian(one), BinaryPrimitives.ReadUInt32LittleEndian(other));
            ulong before = BlockSum.Of(bytes);

            (uint c, uint d) = (round % 3) switch
            {
                0 => (a + 1, b - 1),
                1 => (b, a),
                _ => (a ^ 0x8000_0000, b ^ 0x8000_0000),
            };
            BinaryPrimitives.WriteUInt32LittleEndian(one, c);
            BinaryPrimitives.WriteUInt32LittleEndian(other, d);
            Assert.True(before != BlockSum.Of(bytes) || (a, b) == (c, d), $"round {round}: {a:x8} {b:x8} became {c:x8} {d:x8}");
        }
    }

    [Fact]
    public void Of_ZerosOfDifferentLengths_Differ()
    {
        byte[] zeros = new byte[300];
        Assert.Equal(301, Enumerable.Range(0, 301).Select(length => BlockSum.Of(zeros.AsSpan(0, length))).Distinct().Count());
    }

    [Fact]
    public void Of_MoreThanTheSumsHold_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => BlockSum.Of(new byte[(1 << 20) + 1]));

    private static ulong OneWordAtATime(ReadOnlySpan<byte> bytes)
    {
        ulong[,] sums = new ulong[4, 8];
        int whole = bytes.Length / 64 * 64;
        for (int at = 0; at < whole; at += 4)
        {
            int word = at / 4 % 16;
            (int parity, int place) = (word % 2, word / 2);
            sums[parity, place] = checked(sums[parity, place] + BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]));
            sums[2 + parity, place] = checked(sums[2 + parity, place] + sums[parity, place]);
        }

        byte[] end = new byte[(4 * 64) + bytes.Length - whole];
        int next = 0;
        foreach (ulong sum in sums)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(end.AsSpan(next), sum);
            next += sizeof(ulong);
        }

        bytes[whole..].CopyTo(end.AsSpan(next));
        return XxHash3.HashToUInt64(end, bytes.Length);
    }
}
