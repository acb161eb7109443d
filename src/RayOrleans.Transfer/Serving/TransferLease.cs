using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer;

/// <summary>An object opened for sending: a pinned block, or bytes of the node's own memory. Disposing releases the pin.</summary>
public sealed class TransferLease : IDisposable
{
    private readonly StorePin? _pin;
    private readonly ReadOnlyMemory<byte> _bytes;

    private TransferLease(StorePin? pin, ReadOnlyMemory<byte> bytes, long length)
    {
        _pin = pin;
        _bytes = bytes;
        Length = length;
    }

    /// <summary>Bytes of the whole object.</summary>
    public long Length { get; }

    /// <summary>A sealed block of the store; sent straight from the mapped memory.</summary>
    /// <param name="pin">A pin that the lease takes over and disposes.</param>
    public static TransferLease Of(StorePin pin)
    {
        ArgumentNullException.ThrowIfNull(pin);
        return new TransferLease(pin, default, pin.Block.Length);
    }

    /// <summary>Bytes that nobody changes, such as a small value in the node's own table.</summary>
    /// <param name="bytes">The whole object.</param>
    public static TransferLease Of(ReadOnlyMemory<byte> bytes) => new(null, bytes, bytes.Length);

    /// <summary>Releases the pin.</summary>
    public void Dispose() => _pin?.Dispose();

    internal ReadOnlyMemory<byte> Slice(long offset, int length) =>
        _pin is null ? _bytes.Slice((int)offset, length) : _pin.GetMemory<byte>(offset, length);
}
