using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// The ends of attempts as bytes: the result and the parts of a tuple with their sizes and the ids of what they refer to, or the failure.
/// <code>
/// OutcomeWire.Write(output, in outcome, serializer);
/// Outcome outcome = OutcomeWire.Read(ref reader, task.Parts).ToOutcome(id => EntryOf(id));
/// </code>
/// A constructed actor stays where it is: its outcome travels as <see cref="Unit"/>.
/// </summary>
internal static class OutcomeWire
{
    private const byte Failed = 1;
    private const byte Retriable = 2;
    private const byte SystemFailed = 4;
    private const byte Exit = 8;
    private const byte HasParts = 16;
    private const int ValueBytes = 3;

    public static void Write(IBufferWriter<byte> output, in Outcome outcome, ValueSerializer serializer)
    {
        output.WriteByte((byte)(
            (outcome.Failure is null ? 0 : Failed) | (outcome.IsRetriable ? Retriable : 0) | (outcome.IsSystemFailure ? SystemFailed : 0)
            | (outcome.EndsActor is null ? 0 : Exit) | (outcome.Parts is null ? 0 : HasParts)));
        if (outcome.Failure is { } failure)
        {
            FailureWire.Write(output, failure, serializer);
            if (outcome.EndsActor is { } why)
            {
                output.WriteText(why);
            }

            return;
        }

        bool isTuple = outcome.Value is TupleValue;
        Write(output, outcome.Value is ActorInstance ? default(Unit) : outcome.Value, outcome.Size, isTuple ? null : outcome.Contained, serializer);
        if (outcome.Parts is { } parts)
        {
            output.WriteCount(parts.Length);
            foreach (PartValue part in parts)
            {
                Write(output, part.Value, part.Size, part.Contained, serializer);
            }
        }
    }

    /// <param name="reader">Where it stands.</param>
    /// <param name="parts">The receiver's entries of a tuple's parts; null where the result is no tuple.</param>
    /// <exception cref="RaySerializationException">The bytes are damaged.</exception>
    public static WireOutcome Read(ref WireReader reader, ObjectEntry[]? parts)
    {
        byte flags = reader.ReadByte();
        if ((flags & Failed) != 0)
        {
            return new WireOutcome
            {
                Failure = FailureWire.Read(ref reader),
                IsRetriable = (flags & Retriable) != 0,
                IsSystemFailure = (flags & SystemFailed) != 0,
                EndsActor = (flags & Exit) == 0 ? null : reader.ReadRequiredText(),
            };
        }

        WireValue result = ReadValue(ref reader, parts);
        WireValue[]? values = null;
        if ((flags & HasParts) != 0)
        {
            values = new WireValue[reader.ReadCount(ValueBytes)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = ReadValue(ref reader, null);
            }
        }

        int expected = result.Value is TupleValue ? parts!.Length : 0;
        return (values?.Length ?? 0) == expected
            ? new WireOutcome { Result = result, Parts = values }
            : throw WireReader.Damaged($"a result has {values?.Length ?? 0} parts where {expected} are expected");
    }

    private static void Write(IBufferWriter<byte> output, object? value, long size, ObjectEntry[]? contained, ValueSerializer serializer)
    {
        ValueWire.Write(output, value, serializer);
        output.WriteVarint((ulong)size);
        output.WriteCount(contained?.Length ?? 0);
        foreach (ObjectEntry entry in contained ?? [])
        {
            output.WriteId(entry.Id);
        }
    }

    private static WireValue ReadValue(ref WireReader reader, ObjectEntry[]? parts)
    {
        object? value = ValueWire.Read(ref reader, parts);
        long size = (long)Math.Min(reader.ReadVarint(), long.MaxValue);
        int count = reader.ReadCount(WireOutput.ObjectIdLength);
        ObjectId[]? contained = count == 0 ? null : new ObjectId[count];
        for (int i = 0; i < count; i++)
        {
            contained![i] = reader.ReadObjectId();
        }

        return new WireValue(value, size, contained);
    }
}
