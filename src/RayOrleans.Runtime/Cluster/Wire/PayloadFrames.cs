using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Frames around payloads: whatever reading one throws is damage.</summary>
internal static class PayloadFrames
{
    public static void WriteValue(WireWriter w, IPayloadWire payloads, object? value)
    {
        int frame = w.BeginFrame();
        payloads.WriteValue(w, value);
        w.EndFrame(frame);
    }

    public static object? ReadValue(ref WireReader r, IPayloadWire payloads) => Read(ref r, payloads, static (p, bytes) => p.ReadValue(bytes));

    public static void WriteCall(WireWriter w, IPayloadWire payloads, TaskSpec spec)
    {
        int frame = w.BeginFrame();
        payloads.WriteCall(w, spec);
        w.EndFrame(frame);
    }

    public static object? ReadCall(ref WireReader r, IPayloadWire payloads) => Read(ref r, payloads, static (p, bytes) => p.ReadCall(bytes));

    public static void WriteCause(WireWriter w, IPayloadWire payloads, object cause)
    {
        int frame = w.BeginFrame();
        payloads.WriteCause(w, cause);
        w.EndFrame(frame);
    }

    public static object? ReadCause(ref WireReader r, IPayloadWire payloads) => Read(ref r, payloads, static (p, bytes) => p.ReadCause(bytes));

    public static void WriteHost(WireWriter w, IPayloadWire payloads, object host)
    {
        int frame = w.BeginFrame();
        payloads.WriteHost(w, host);
        w.EndFrame(frame);
    }

    public static object? ReadHost(ref WireReader r, IPayloadWire payloads) => Read(ref r, payloads, static (p, bytes) => p.ReadHost(bytes));

    public static object? Read(ref WireReader r, IPayloadWire payloads, Func<IPayloadWire, ReadOnlyMemory<byte>, object?> read)
    {
        ReadOnlyMemory<byte> frame = r.Frame();
        try
        {
            return read(payloads, frame);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new CorruptBatchException($"Damaged bytes: a payload of {frame.Length} bytes cannot be read: {e.Message}", e);
        }
    }
}
