using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>The payloads of one who only passes them on: bytes.</summary>
internal sealed class OpaquePayloadWire : IPayloadWire
{
    public static readonly OpaquePayloadWire Instance = new();

    public void WriteCall(WireWriter writer, TaskSpec spec) => Write(writer, spec.Payload);

    public object? ReadCall(ReadOnlyMemory<byte> bytes) => Read(bytes);

    public void WriteValue(WireWriter writer, object? value) => Write(writer, value);

    public object? ReadValue(ReadOnlyMemory<byte> bytes) => Read(bytes);

    public void WriteCause(WireWriter writer, object cause) => Write(writer, cause);

    public object? ReadCause(ReadOnlyMemory<byte> bytes) => Read(bytes);

    public void WriteOptions(WireWriter writer, TaskOptions options)
    {
        if (options is OpaqueTaskOptions opaque)
        {
            writer.Raw(opaque.Added);
        }
    }

    public TaskOptions ReadOptions(TaskOptions plain, ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? plain : new OpaqueTaskOptions(plain, bytes.ToArray());

    public void WriteHost(WireWriter writer, object host) => Write(writer, host);

    public object? ReadHost(ReadOnlyMemory<byte> bytes) => Read(bytes);

    // A whole batch must not be kept for the sake of a part of it, so parts are copied.
    private static byte[] Read(ReadOnlyMemory<byte> bytes) => bytes.ToArray();

    private static void Write(WireWriter writer, object? payload) => writer.Raw((byte[]?)payload);
}
