using System.Buffers;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization;

/// <summary>
/// A value as a header, and buffers that still point at the caller's memory: what is large is copied once, by <see cref="CopyTo(IBlockWriter)"/>.
/// Until then the value must not be changed. Not thread-safe.
/// </summary>
public sealed class SerializedValue : IDisposable
{
    private readonly BufferSegment[] _buffers;
    private readonly int _headerLength;
    private byte[]? _header;

    internal SerializedValue(byte[] rentedHeader, int headerLength, BufferSegment[] buffers, long totalLength)
    {
        _header = rentedHeader;
        _headerLength = headerLength;
        _buffers = buffers;
        TotalLength = totalLength;
    }

    /// <summary>The length of the flat form in bytes: the header, then each buffer at the next multiple of 64.</summary>
    public long TotalLength { get; }

    /// <summary>Whether there are buffers besides the header.</summary>
    public bool HasBuffers => _buffers.Length > 0;

    /// <summary>Writes the flat form.</summary>
    /// <param name="destination">At least <see cref="TotalLength"/> bytes, aligned to 64 bytes where reading in place matters.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < TotalLength)
        {
            throw new ArgumentException($"The destination has {destination.Length} bytes, the value needs {TotalLength}.", nameof(destination));
        }

        Header.CopyTo(destination);
        long end = _headerLength;
        foreach (BufferSegment buffer in _buffers)
        {
            long start = WireFormat.Align(end);
            destination[(int)end..(int)start].Clear();
            buffer.Slice(0, (int)buffer.Length).CopyTo(destination[(int)start..]);
            end = start + buffer.Length;
        }
    }

    /// <summary>Writes the flat form in parts of at most 1 GiB.</summary>
    /// <param name="destination">Takes the parts.</param>
    public void CopyTo(IBlockWriter destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(0, Header);
        long end = _headerLength;
        foreach (BufferSegment buffer in _buffers)
        {
            long start = WireFormat.Align(end);
            for (long done = 0; done < buffer.Length; done += WireFormat.MaxPart)
            {
                destination.Write(start + done, buffer.Slice(done, (int)Math.Min(WireFormat.MaxPart, buffer.Length - done)));
            }

            end = start + buffer.Length;
        }
    }

    /// <summary>The flat form as an array of its own, for small values.</summary>
    /// <exception cref="RaySerializationException">The value is larger than an array can be.</exception>
    public byte[] ToArray()
    {
        if (TotalLength > Array.MaxLength)
        {
            throw new RaySerializationException($"The value has {TotalLength} bytes, more than fit into an array; put it into the object store.");
        }

        byte[] array = GC.AllocateUninitializedArray<byte>((int)TotalLength);
        CopyTo(array);
        return array;
    }

    /// <summary>Gives the header's memory back. Idempotent; the value cannot be written afterwards.</summary>
    public void Dispose()
    {
        if (_header is { } header)
        {
            _header = null;
            ArrayPool<byte>.Shared.Return(header);
        }
    }

    private ReadOnlySpan<byte> Header
    {
        get
        {
            ObjectDisposedException.ThrowIf(_header is null, this);
            return _header.AsSpan(0, _headerLength);
        }
    }
}
