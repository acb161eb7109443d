using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Processes.Wire;

/// <summary>The forms between a node and its processes: those between nodes, but for values in the store.</summary>
internal sealed class SessionPayloadWire(NodeServices node) : IPayloadWire
{
    private readonly NodePayloadWire _plain = node.Payloads;

    public void WriteCall(WireWriter writer, TaskSpec spec) => _plain.WriteCall(writer, spec);

    public object? ReadCall(ReadOnlyMemory<byte> bytes) => _plain.ReadCall(bytes);

    public void WriteValue(WireWriter writer, object? value) => _plain.WriteValue(writer, value is StoreValue stored ? Copy(stored) : value);

    public object? ReadValue(ReadOnlyMemory<byte> bytes) => _plain.ReadValue(bytes);

    public void WriteCause(WireWriter writer, object cause) => _plain.WriteCause(writer, cause);

    public object? ReadCause(ReadOnlyMemory<byte> bytes) => _plain.ReadCause(bytes);

    public void WriteOptions(WireWriter writer, TaskOptions options) => _plain.WriteOptions(writer, options);

    public TaskOptions ReadOptions(TaskOptions plain, ReadOnlyMemory<byte> bytes) => _plain.ReadOptions(plain, bytes);

    public void WriteHost(WireWriter writer, object host) => _plain.WriteHost(writer, host);

    public object? ReadHost(ReadOnlyMemory<byte> bytes) => _plain.ReadHost(bytes);

    /// <summary>The bytes of a value in the store; one that is gone by now is asked for again by whoever reads it.</summary>
    private static StoredValue Copy(StoreValue value)
    {
        try
        {
            using StorePin? pin = value.Stored.TryPin() ?? value.Stored.PinAsync().AsTask().GetAwaiter().GetResult();
            if (pin is null)
            {
                return DistantValue.Instance;
            }

            return pin.Block.Length > SessionCodec.MaxValueBytes
                ? new UnsendableValue($"a value of {pin.Block.Length} bytes does not reach a worker process yet; at most {SessionCodec.MaxValueBytes} do")
                : new InlineValue(pin.Block.GetReadOnlySpan(0, (int)pin.Block.Length).ToArray());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return DistantValue.Instance;
        }
    }
}
