namespace RayOrleans.Serialization;

/// <summary>The flat bytes that a value is decoded from. Implementations are immutable and thread-safe, and keep the bytes alive while they are referenced.</summary>
public abstract class ValueSource
{
    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Whether memory handed out in place is the store's own, shared by every process of the node.</summary>
    public abstract bool IsPinnedStore { get; }

    /// <summary>A part of the bytes; to be used while this source is referenced.</summary>
    /// <param name="offset">Where the part starts.</param>
    /// <param name="length">The length in bytes; offset and length are within <see cref="Length"/>.</param>
    public abstract ReadOnlySpan<byte> Read(long offset, int length);

    /// <summary>A part of the bytes as elements, without a copy. The memory's owner keeps the source alive (and pinned).</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="byteOffset">Where the part starts, a multiple of 64.</param>
    /// <param name="count">The number of elements; all within <see cref="Length"/>.</param>
    public abstract ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
        where T : unmanaged;

    /// <summary>The bytes as an array, where the source stands on one.</summary>
    internal virtual bool TryGetArray(out ArraySegment<byte> array)
    {
        array = default;
        return false;
    }
}
