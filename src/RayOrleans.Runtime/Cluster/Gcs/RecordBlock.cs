using System.Buffers.Binary;
using System.IO.Hashing;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// Records that are kept together, as stores of blocks have them: a mark with the version, the length of the contents, their checksum seeded with the block's
/// place, then each record behind its length. So neither a block that was cut off nor one of another place is taken for whole.
/// </summary>
internal static class RecordBlock
{
    public const int HeaderLength = 16;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Mark => "RGB"u8;

    /// <summary>The length of a block of these records.</summary>
    public static int LengthOf(IEnumerable<ReadOnlyMemory<byte>> records) => checked(HeaderLength + records.Sum(static r => sizeof(int) + r.Length));

    /// <summary>A block of these records.</summary>
    /// <param name="records">The records, at least one.</param>
    /// <param name="place">Where the block will be, as its reader knows it.</param>
    public static byte[] Encode(IReadOnlyCollection<ReadOnlyMemory<byte>> records, long place)
    {
        byte[] block = new byte[LengthOf(records)];
        int offset = HeaderLength;
        foreach (ReadOnlyMemory<byte> record in records)
        {
            BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(offset), record.Length);
            record.Span.CopyTo(block.AsSpan(offset + sizeof(int)));
            offset += sizeof(int) + record.Length;
        }

        Mark.CopyTo(block);
        block[Mark.Length] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4), block.Length - HeaderLength);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(8), XxHash3.HashToUInt64(block.AsSpan(HeaderLength), place));
        return block;
    }

    /// <summary>Puts records into blocks of about a size, in order: at least one record each.</summary>
    public static IEnumerable<IReadOnlyCollection<ReadOnlyMemory<byte>>> Split(IReadOnlyList<ReadOnlyMemory<byte>> records, int blockBytes)
    {
        int first = 0;
        long bytes = 0;
        for (int i = 0; i < records.Count; i++)
        {
            if (i > first && bytes + records[i].Length > blockBytes)
            {
                yield return [.. records.Skip(first).Take(i - first)];
                (first, bytes) = (i, 0);
            }

            bytes += sizeof(int) + records[i].Length;
        }

        if (first < records.Count)
        {
            yield return [.. records.Skip(first)];
        }
    }

    /// <summary>The block at the start of these bytes, as a length; null: they are too few to tell, or no block of this place begins there.</summary>
    /// <exception cref="InvalidDataException">A block of a later version begins there.</exception>
    public static int? LengthAt(ReadOnlySpan<byte> bytes, string where)
    {
        if (bytes.Length < HeaderLength || !bytes.StartsWith(Mark))
        {
            return null;
        }

        if (bytes[Mark.Length] != Version)
        {
            throw new InvalidDataException($"{where} was written by another version ({bytes[Mark.Length]}), whose form is not known here.");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return length > 0 && length <= int.MaxValue - HeaderLength ? HeaderLength + length : null;
    }

    /// <summary>The records of a block.</summary>
    /// <param name="block">The whole block.</param>
    /// <param name="place">Where it was.</param>
    /// <param name="where">The same for people.</param>
    /// <exception cref="InvalidDataException">It is damaged, belongs elsewhere, or is of a later version.</exception>
    public static List<ReadOnlyMemory<byte>> Decode(ReadOnlyMemory<byte> block, long place, string where)
    {
        ReadOnlySpan<byte> bytes = block.Span;
        if (LengthAt(bytes, where) != block.Length || XxHash3.HashToUInt64(bytes[HeaderLength..], place) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]))
        {
            throw new InvalidDataException($"{where} is damaged.");
        }

        List<ReadOnlyMemory<byte>> records = [];
        for (int offset = HeaderLength; offset < block.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);
            records.Add(block.Slice(offset + sizeof(int), length));
            offset += sizeof(int) + length;
        }

        return records;
    }
}
