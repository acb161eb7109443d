namespace RayOrleans.Serialization;

/// <summary>Where the flat form of a value goes: a block of the object store, a socket, an array.</summary>
public interface IBlockWriter
{
    /// <summary>Writes a part. Parts come in ascending order, do not overlap, and may leave gaps of less than 64 bytes, whose content does not matter.</summary>
    /// <param name="offset">Where the part starts, in bytes from the start of the flat form.</param>
    /// <param name="data">The bytes; valid during the call only.</param>
    void Write(long offset, ReadOnlySpan<byte> data);
}
