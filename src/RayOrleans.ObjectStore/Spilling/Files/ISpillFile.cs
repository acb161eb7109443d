namespace RayOrleans.ObjectStore;

/// <summary>An open file. Used by one thread at a time.</summary>
internal interface ISpillFile : IDisposable
{
    /// <summary>Writes all of it, or throws.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads up to so many bytes; 0 at the end of the file.</summary>
    int Read(Span<byte> bytes, long offset);

    /// <summary>Takes room on the disk up to a length, so that writing to a mapping of it cannot fail.</summary>
    void Reserve(long length);

    /// <summary>Maps a part of the file, independent of the open file.</summary>
    SpillMapping Map(long offset, long length, bool writable);
}
