namespace RayOrleans.ObjectStore;

/// <summary>An object's place on disk. Its file stays while the record lives or is in use.</summary>
internal sealed class SpillRecord(SpilledFile file, long offset, RecordHeader header)
{
    public SpilledFile File => file;

    /// <summary>Where the header starts.</summary>
    public long Offset => offset;

    public long DataOffset => offset + RecordHeader.Bytes;

    public RecordHeader Header => header;

    public long Length => header.Length;

    /// <summary>Bytes it takes in its file, up to the next record.</summary>
    public long FileBytes => SizeOf(header.Length);

    public static long SizeOf(long length) => RecordHeader.Bytes + ((length + RecordHeader.Bytes - 1) & -RecordHeader.Bytes);
}
