using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Processes.Wire;

/// <summary>The forms between a node and its processes: those between nodes, but values in the store travel as their keys.</summary>
/// <param name="node">The node, or the process.</param>
/// <param name="lent">At the node: its values that processes read.</param>
/// <param name="store">In the process: the node's store.</param>
internal sealed class SessionPayloadWire(NodeServices node, LentValues? lent, ProcessStore? store) : IPayloadWire
{
    private const byte Whole = 0;
    private const byte InStore = 1;

    private readonly NodePayloadWire _plain = node.Payloads;

    public void WriteCall(WireWriter writer, TaskSpec spec) => _plain.WriteCall(writer, spec);

    public object? ReadCall(ReadOnlyMemory<byte> bytes) => _plain.ReadCall(bytes);

    public void WriteValue(WireWriter writer, object? value)
    {
        switch (value)
        {
            case StoreValue own when lent is not null:
                WriteKey(writer, lent.KeyOf(own), own.Stored.Length);
                break;
            case SharedValue shared:
                WriteKey(writer, shared.Key, shared.Length);
                break;
            default:
                writer.Byte(Whole);
                _plain.WriteValue(writer, value);
                break;
        }
    }

    public object? ReadValue(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span[0] == Whole)
        {
            return _plain.ReadValue(bytes[1..]);
        }

        WireReader r = new(bytes);
        if (r.Byte() != InStore)
        {
            throw r.Corrupt("an unknown place of a value");
        }

        StoreKey key = new((ulong)r.Long(), (ulong)r.Long(), 0);
        long length = r.Size(isHere: false);
        return store?.Find(key, length) ?? (object?)lent?.Take(key) ?? throw r.Corrupt($"object {key} is not in the store");
    }

    public void WriteCause(WireWriter writer, object cause) => _plain.WriteCause(writer, cause);

    public object? ReadCause(ReadOnlyMemory<byte> bytes) => _plain.ReadCause(bytes);

    public void WriteOptions(WireWriter writer, TaskOptions options) => _plain.WriteOptions(writer, options);

    public TaskOptions ReadOptions(TaskOptions plain, ReadOnlyMemory<byte> bytes) => _plain.ReadOptions(plain, bytes);

    public void WriteHost(WireWriter writer, object host) => _plain.WriteHost(writer, host);

    public object? ReadHost(ReadOnlyMemory<byte> bytes) => _plain.ReadHost(bytes);

    private static void WriteKey(WireWriter writer, StoreKey key, long length)
    {
        writer.Byte(InStore);
        writer.Int((long)key.High);
        writer.Int((long)key.Low);
        writer.Int(length);
    }
}
