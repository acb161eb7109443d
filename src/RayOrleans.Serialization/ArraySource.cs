using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization;

/// <summary>A value's flat bytes in an array or a part of one, which must not be changed any more.</summary>
public sealed class ArraySource : ValueSource
{
    private readonly ArraySegment<byte> _bytes;

    /// <summary>Reads a whole array.</summary>
    /// <param name="bytes">The flat form.</param>
    public ArraySource(byte[] bytes) => _bytes = bytes ?? throw new ArgumentNullException(nameof(bytes));

    /// <summary>Reads a part of an array.</summary>
    /// <param name="bytes">The flat form.</param>
    public ArraySource(ArraySegment<byte> bytes) =>
        _bytes = bytes.Array is null ? throw new ArgumentNullException(nameof(bytes)) : bytes;

    /// <inheritdoc/>
    public override long Length => _bytes.Count;

    /// <inheritdoc/>
    public override bool IsPinnedStore => false;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Read(long offset, int length) => _bytes.AsSpan(checked((int)offset), length);

    /// <inheritdoc/>
    public override ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
    {
        Memory<byte> part = _bytes.AsMemory(checked((int)byteOffset), checked(count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));
        return typeof(T) == typeof(byte)
            ? (ReadOnlyMemory<T>)(object)(ReadOnlyMemory<byte>)part
            : new CastMemoryManager<T>(part).Memory;
    }

    /// <inheritdoc/>
    internal override bool TryGetArray(out ArraySegment<byte> array)
    {
        array = _bytes;
        return true;
    }
}
