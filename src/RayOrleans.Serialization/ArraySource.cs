using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization;

/// <summary>A value's flat bytes in an array, which must not be changed any more.</summary>
/// <param name="bytes">The flat form.</param>
public sealed class ArraySource(byte[] bytes) : ValueSource
{
    private readonly byte[] _bytes = bytes ?? throw new ArgumentNullException(nameof(bytes));

    /// <inheritdoc/>
    public override long Length => _bytes.Length;

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
