using System.Buffers.Binary;
using System.IO.Hashing;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// The form of files of records. A header of 32 bytes: a mark with the version, epoch, part, checksum. Then records: length, checksum of the contents seeded
/// with file and place, contents; so neither a record that was cut off nor one of another place or file is taken for whole. A state ends with a record of
/// length 0, whose checksum is over the number of records.
/// </summary>
internal static class RecordFormat
{
    public const int HeaderLength = 32;
    public const int RecordHeaderLength = 12;

    /// <summary>The longest record, in bytes.</summary>
    public const int MaxRecordLength = 80 << 20;

    private static ReadOnlySpan<byte> Mark => "RAYGCS\0\u0001"u8;

    public static void WriteHeader(Span<byte> target, RecordFileName name)
    {
        Mark.CopyTo(target);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], name.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], name.Part);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], XxHash3.HashToUInt64(target[..24]));
    }

    public static bool IsHeader(ReadOnlySpan<byte> header, RecordFileName name)
    {
        Span<byte> expected = stackalloc byte[HeaderLength];
        WriteHeader(expected, name);
        return header.SequenceEqual(expected);
    }

    /// <summary>Whether the header is one of a later version of this form.</summary>
    public static bool IsOtherVersion(ReadOnlySpan<byte> header) =>
        header.StartsWith(Mark[..7]) && header[7] != Mark[7] && XxHash3.HashToUInt64(header[..24]) == BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);

    public static void WriteRecord(Span<byte> target, RecordFileName name, long position, ReadOnlySpan<byte> record)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, record.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[4..], Checksum(name, position, record));
        record.CopyTo(target[RecordHeaderLength..]);
    }

    public static ulong Checksum(RecordFileName name, long position, ReadOnlySpan<byte> record) =>
        XxHash3.HashToUInt64(record, name.Epoch * 31 + name.Part * 7 + position);
}
