using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// A node's forms of what is opaque to messages. Calls stay bytes until they run; values of users' types stay bytes until somebody reads
/// them; so a node passes on what it has no code for.
/// </summary>
internal sealed class NodePayloadWire(NodeServices node) : IPayloadWire
{
    private const byte Whole = 0;
    private const byte Unsendable = 1;

    public void WriteCall(WireWriter writer, TaskSpec spec)
    {
        switch (spec.Payload)
        {
            case WireCall call:
                writer.Raw(call.Bytes);
                break;
            case Invocation invocation:
                WriteInvocation(writer, invocation, spec);
                break;
            case null:
                break;
            default:
                throw new InvalidOperationException($"A {spec.Payload.GetType().Name} is no call.");
        }
    }

    public object? ReadCall(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? null : new WireCall(bytes.ToArray());

    public void WriteValue(WireWriter writer, object? value)
    {
        int start = writer.Length;
        try
        {
            ValueWire.Write(writer, value, SerializerOf(value));
        }
        catch (Exception e) when (e is InsufficientMemoryException or not OutOfMemoryException)
        {
            // A link must go on whatever it carries: whoever reads the value is told.
            writer.Rewind(start);
            ValueWire.Write(writer, new UnsendableValue($"A value of type {value?.GetType()} could not be sent to another node: {e.Message}"), node.Serializer);
        }
    }

    public object? ReadValue(ReadOnlyMemory<byte> bytes)
    {
        RayOrleans.Runtime.Wire.WireReader reader = new(bytes.Span);
        return ValueWire.Read(ref reader, null);
    }

    public void WriteCause(WireWriter writer, object cause)
    {
        PackedCause packed = cause as PackedCause ?? PackedCause.Of((Exception)cause, SerializerOf(cause));
        writer.WriteText(packed.TypeName);
        writer.WriteText(packed.Message);
        writer.WriteText(packed.Stack);
        writer.WriteByte((byte)(packed.Bytes is null ? 0 : 1));
        if (packed.Bytes is { } bytes)
        {
            writer.WriteBlock(bytes);
        }
    }

    public object? ReadCause(ReadOnlyMemory<byte> bytes)
    {
        RayOrleans.Runtime.Wire.WireReader reader = new(bytes.Span);
        return new PackedCause(
            reader.ReadRequiredText(), reader.ReadRequiredText(), reader.ReadText(), reader.ReadByte() == 0 ? null : reader.ReadBlock().ToArray());
    }

    public void WriteOptions(WireWriter writer, TaskOptions options)
    {
        if (options is RetryTaskOptions)
        {
            TaskTermsWire.Write(writer, new TaskTerms(options, null, null));
        }
    }

    public TaskOptions ReadOptions(TaskOptions plain, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return plain;
        }

        RayOrleans.Runtime.Wire.WireReader reader = new(bytes.Span);
        RetryTaskOptions more = TaskTermsWire.Read(ref reader, null).Options as RetryTaskOptions ?? new RetryTaskOptions();
        return more with
        {
            Shape = plain.Shape,
            MaxRetries = plain.MaxRetries,
            FailIfUnschedulable = plain.FailIfUnschedulable,
            Affinity = plain.Affinity,
            IsSoftAffinity = plain.IsSoftAffinity,
            Spread = plain.Spread,
            Labels = plain.Labels,
            Process = plain.Process,
            IsAlone = plain.IsAlone,
            Environment = plain.Environment,
        };
    }

    public void WriteHost(WireWriter writer, object host) => WireActorHost.Write(writer, (ActorHost)host);

    public object? ReadHost(ReadOnlyMemory<byte> bytes) => WireActorHost.Read(node, bytes.Span);

    /// <summary>The call that an attempt runs.</summary>
    /// <exception cref="RaySerializationException">It cannot be run here, or could not be sent.</exception>
    /// <returns>An <see cref="Invocation"/>, or a <see cref="DecodedCall"/> of shipped code.</returns>
    public object Decode(WireCall call, TaskRecord task)
    {
        ReadOnlySpan<byte> bytes = call.Bytes;
        if (bytes[0] == Unsendable)
        {
            RayOrleans.Runtime.Wire.WireReader reader = new(bytes[1..]);
            throw new RaySerializationException(reader.ReadRequiredText());
        }

        ContentHash package = CallCodec.PackageOf(bytes[1..]);
        ArraySegment<byte> whole = new(call.Bytes, 1, call.Bytes.Length - 1);
        if (package.IsNone)
        {
            return node.Calls.Decode(whole, task.Inputs);
        }

        LoadedCode code = node.Code?.Acquire(package, task) ?? throw new RaySerializationException($"{task.Name} needs the code {package}, which this node does not load.");
        Invocation invocation = code.Calls.Decode(whole, task.Inputs);
        return code.Context is null ? invocation : new DecodedCall(invocation, code);
    }

    /// <summary>What knows the type of a value that is no bytes yet.</summary>
    private ValueSerializer SerializerOf(object? value) => node.Codec.SerializerOf(value is null ? null : LoadedCode.Of(node, value.GetType()));

    /// <summary>What cannot be sent says so where it should have run, and so to whoever gets its result.</summary>
    private void WriteInvocation(WireWriter writer, Invocation invocation, TaskSpec spec)
    {
        byte[] bytes;
        string why;
        try
        {
            FunctionInfo? function = spec.Function as FunctionInfo;
            bytes = (function?.Code?.Calls ?? node.Calls).Encode(invocation, spec.DependencyCount, ClusterCode.PackageOf(function));
            if (bytes.Length < ClusterLimits.MaxCallBytes)
            {
                writer.Byte(Whole);
                writer.Raw(bytes);
                return;
            }

            why = $"its call takes {bytes.Length} bytes, with what its function captures and its small arguments; at most {ClusterLimits.MaxCallBytes} travel. Put large values with Ray.Put and pass the references.";
        }
        catch (Exception e) when (e is InsufficientMemoryException or not OutOfMemoryException)
        {
            // Whatever it is, the link must go on.
            why = e.Message;
        }

        writer.Byte(Unsendable);
        writer.WriteText($"{spec.Name} cannot run on another node: {why}");
    }
}
