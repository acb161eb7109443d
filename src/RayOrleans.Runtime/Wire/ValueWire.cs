using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// Values in the form that entries keep, as bytes. The receiver gets the same form: numbers, texts and the like are themselves again at once; whatever is of a
/// user's type stays bytes (<see cref="InlineValue"/>, <see cref="BoxedValue"/>) until somebody reads it where the code is loaded, so any node can pass it on.
/// <code>
/// ValueWire.Write(output, entry.Value, serializer);            // the serialiser of the code that made the value
/// object? value = ValueWire.Read(ref reader, task.Parts);      // no code needed; the parts where the value is a tuple
/// </code>
/// </summary>
internal static class ValueWire
{
    private static readonly object BoxedUnit = ValueCodec.Box(default(Unit))!;

    /// <summary>Writes a value.</summary>
    /// <exception cref="RaySerializationException">It exists in this process only.</exception>
    public static void Write(IBufferWriter<byte> output, object? value, ValueSerializer serializer)
    {
        switch (value)
        {
            case null:
                output.WriteByte((byte)ValueTag.Null);
                break;
            case Unit:
                output.WriteByte((byte)ValueTag.Unit);
                break;
            case InlineValue inline:
                WriteBytes(output, ValueTag.Inline, inline.Bytes);
                break;
            case BoxedValue boxed:
                WriteBytes(output, ValueTag.Boxed, boxed.Bytes);
                break;
            case UnsendableValue unsendable:
                output.WriteByte((byte)ValueTag.Unsendable);
                output.WriteText(unsendable.Why);
                break;
            case TupleValue:
                output.WriteByte((byte)ValueTag.Tuple);
                break;
            case StoreValue or DistantValue:
                output.WriteByte((byte)ValueTag.InStore);
                break;
            case StoredValue or Core.Failure or ActorInstance:
                throw new InvalidOperationException($"A {value.GetType().Name} does not travel as a value.");
            default:
                WriteImmutable(output, value, serializer);
                break;
        }
    }

    /// <summary>Reads a value.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="parts">The receiver's own entries of the parts; needed where the value is a tuple.</param>
    /// <exception cref="RaySerializationException">The bytes are damaged.</exception>
    public static object? Read(ref WireReader reader, ObjectEntry[]? parts)
    {
        ValueTag tag = (ValueTag)reader.ReadByte();
        return tag switch
        {
            ValueTag.Null => null,
            ValueTag.Unit => BoxedUnit,
            ValueTag.Inline => new InlineValue(reader.ReadBlock().ToArray()),
            ValueTag.Boxed => new BoxedValue(reader.ReadBlock().ToArray()),
            ValueTag.Tuple => new TupleValue(parts ?? throw WireReader.Damaged("a tuple stands where none is expected")),
            ValueTag.InStore => DistantValue.Instance,
            ValueTag.Plain => ReadPlain(ref reader),
            ValueTag.Unsendable => new UnsendableValue(reader.ReadRequiredText()),
            _ => throw WireReader.Damaged($"tag {(byte)tag} stands where a value is expected"),
        };
    }

    private static void WriteImmutable(IBufferWriter<byte> output, object value, ValueSerializer serializer)
    {
        if (PlainForms.Find(value.GetType(), out byte number) is { } form)
        {
            output.WriteByte((byte)ValueTag.Plain);
            output.WriteByte(number);
            form.Write(output, value);
        }
        else
        {
            WriteBytes(output, ValueTag.Boxed, serializer.SerializeToArray<object>(value, null));
        }
    }

    private static object ReadPlain(ref WireReader reader)
    {
        byte number = reader.ReadByte();
        PlainForm form = PlainForms.Find(number) ?? throw WireReader.Damaged($"{number} is no type of value");
        try
        {
            return form.Read(ref reader);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw WireReader.Damaged($"the bytes are no {form.Type.Name}: {e.Message}", e);
        }
    }

    private static void WriteBytes(IBufferWriter<byte> output, ValueTag tag, byte[] bytes)
    {
        output.WriteByte((byte)tag);
        output.WriteBlock(bytes);
    }
}
