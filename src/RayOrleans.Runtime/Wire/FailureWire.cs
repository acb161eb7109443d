using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// Failures as bytes. The cause stays packed (<see cref="PackedCause"/>) at the receiver until a getter throws it, in the code of whoever gets.
/// <code>
/// FailureWire.Write(output, failure, serializer);
/// Failure failure = FailureWire.Read(ref reader);
/// </code>
/// </summary>
internal static class FailureWire
{
    private const byte Started = 1;
    private const byte HasCause = 2;
    private const byte HasBytes = 4;

    public static void Write(IBufferWriter<byte> output, Failure failure, ValueSerializer serializer)
    {
        PackedCause? cause = failure.Cause as PackedCause ?? (failure.Cause is Exception exception ? PackedCause.Of(exception, serializer) : null);
        output.WriteByte((byte)failure.Kind);
        output.WriteByte((byte)((failure.HadStarted ? Started : 0) | (cause is null ? 0 : HasCause) | (cause?.Bytes is null ? 0 : HasBytes)));
        output.WriteText(failure.Message);
        output.WriteBits(failure.Source);
        output.WriteText(failure.FunctionName);
        output.WriteCount(failure.Attempt);
        if (cause is not null)
        {
            output.WriteText(cause.TypeName);
            output.WriteText(cause.Message);
            output.WriteText(cause.Stack);
            if (cause.Bytes is { } bytes)
            {
                output.WriteBlock(bytes);
            }
        }
    }

    /// <exception cref="RaySerializationException">The bytes are damaged.</exception>
    public static Failure Read(ref WireReader reader)
    {
        FailureKind kind = reader.ReadEnum<FailureKind>();
        byte flags = reader.ReadByte();
        string message = reader.ReadRequiredText();
        TaskId source = reader.ReadBits<TaskId>();
        string? function = reader.ReadText();
        int attempt = reader.ReadNumber();
        PackedCause? cause = (flags & HasCause) == 0
            ? null
            : new PackedCause(
                reader.ReadRequiredText(), reader.ReadRequiredText(), reader.ReadText(), (flags & HasBytes) == 0 ? null : reader.ReadBlock().ToArray());
        return new Failure(kind, message, cause, source, function, attempt) { HadStarted = (flags & Started) != 0 };
    }
}
