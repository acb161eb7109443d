namespace RayOrleans.Serialization.Wire;

/// <summary>Data outside the header, still in the caller's memory.</summary>
internal abstract class BufferSegment
{
    /// <summary>The length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>A part of the bytes; this segment must stay referenced while the span is used.</summary>
    public abstract ReadOnlySpan<byte> Slice(long offset, int length);
}
