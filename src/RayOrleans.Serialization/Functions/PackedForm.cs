using System.Buffers;
using System.Buffers.Binary;
using System.Reflection;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Functions;

/// <summary>Packed functions as bytes: delegate type, number of functions, and for each: kind, method, target class, state; all with their lengths.</summary>
internal static class PackedForm
{
    private const int MaxFunctions = 10_000;

    public static byte[] Write(PackedDelegate packed)
    {
        try
        {
            SingleFunction[] parts = packed is CombinedFunction combined ? [.. combined.Parts.Cast<SingleFunction>()] : [(SingleFunction)packed];
            var output = new ArrayBufferWriter<byte>(256);
            WriteBlock(output, parts[0].Shape.DelegateName);
            WriteNumber(output, parts.Length);
            foreach (SingleFunction part in parts)
            {
                output.Write([(byte)part.Shape.Kind]);
                WriteBlock(output, part.Shape.Name);
                WriteBlock(output, part.Shape.TargetName);
                WriteBlock(output, part.State());
            }

            return output.WrittenSpan.ToArray();
        }
        catch (NotSupportedException e)
        {
            throw new RaySerializationException($"{packed.DisplayName} cannot be sent: {e.Message}", e) { MemberPath = packed.DisplayName };
        }
    }

    public static PackedDelegate Read(FunctionTable table, ReadOnlySpan<byte> bytes)
    {
        Type delegateType = table.Serializer.Types.ResolveType(ReadBlock(ref bytes));
        if (!delegateType.IsSubclassOf(typeof(MulticastDelegate)))
        {
            throw new CorruptValueException($"{TypeText.Of(delegateType)} is no delegate");
        }

        int count = ReadNumber(ref bytes);
        if (count is < 1 or > MaxFunctions)
        {
            throw new CorruptValueException($"{count} functions in one delegate");
        }

        var parts = new List<PackedDelegate>();
        for (int i = 0; i < count; i++)
        {
            parts.Add(ReadOne(table, delegateType, ref bytes));
        }

        return bytes.IsEmpty
            ? count == 1 ? parts[0] : new CombinedFunction(table.Serializer, delegateType, parts)
            : throw new CorruptValueException($"{bytes.Length} bytes are left over");
    }

    private static SingleFunction ReadOne(FunctionTable table, Type delegateType, ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new CorruptValueException("a function is missing");
        }

        var kind = (FunctionKind)bytes[0];
        bytes = bytes[1..];
        MethodInfo method = table.ResolveMethod(ReadBlock(ref bytes));
        ReadOnlySpan<byte> targetName = ReadBlock(ref bytes);
        Type? target = targetName.IsEmpty ? null : table.Serializer.Types.ResolveType(targetName);
        byte[] state = ReadBlock(ref bytes).ToArray();
        FunctionShape shape = table.ShapeOf(delegateType, method, target);
        if (shape.Kind != kind)
        {
            throw new CorruptValueException($"{shape.Text} is bound in another way");
        }

        return kind is FunctionKind.Static or FunctionKind.Stateless
            ? new StatelessFunction(table.Serializer, shape, shape.Create(null))
            : new CopiedFunction(table.Serializer, shape, state);
    }

    private static void WriteBlock(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> block)
    {
        WriteNumber(output, block.Length);
        output.Write(block);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), number);
        output.Advance(4);
    }

    private static ReadOnlySpan<byte> ReadBlock(ref ReadOnlySpan<byte> bytes)
    {
        int length = ReadNumber(ref bytes);
        if (length < 0 || length > bytes.Length)
        {
            throw new CorruptValueException($"a block claims {length} of {bytes.Length} bytes");
        }

        ReadOnlySpan<byte> block = bytes[..length];
        bytes = bytes[length..];
        return block;
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            throw new CorruptValueException("the bytes end early");
        }

        int number = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bytes = bytes[4..];
        return number;
    }
}
