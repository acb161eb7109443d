using System.Buffers;
using System.Text;

namespace RayOrleans.Serialization.Types;

/// <summary>Names types in bytes, structurally: no parsing of composed names on the way back.</summary>
internal static class TypeNameWriter
{
    public static byte[] Write(Type type)
    {
        var output = new ArrayBufferWriter<byte>(64);
        Write(output, type);
        return output.WrittenSpan.ToArray();
    }

    public static void Write(ArrayBufferWriter<byte> output, Type type)
    {
        if (KnownTypes.TryGetNumber(type, out byte number))
        {
            output.Write([(byte)TypeNameKind.Known, number]);
        }
        else if (type.HasElementType)
        {
            WriteComposed(output, type);
        }
        else if (type.IsGenericType && !type.IsGenericTypeDefinition)
        {
            Type[] arguments = type.GetGenericArguments();
            output.Write([(byte)TypeNameKind.Generic, (byte)arguments.Length]);
            Write(output, type.GetGenericTypeDefinition());
            foreach (Type argument in arguments)
            {
                Write(output, argument);
            }
        }
        else if (type.IsGenericTypeParameter)
        {
            output.Write([(byte)TypeNameKind.Parameter, (byte)type.GenericParameterPosition]);
            Write(output, type.DeclaringType!);
        }
        else if (type.FullName is { } name && !type.IsGenericMethodParameter)
        {
            if (type.Assembly.IsDynamic)
            {
                throw new NotSupportedException($"the type {type} was made at run time and exists in this process only.");
            }

            output.Write([(byte)TypeNameKind.Named]);
            WriteText(output, type.Assembly.GetName().Name!);
            WriteText(output, name);
        }
        else
        {
            throw new NotSupportedException($"the type {type} has no name outside its method.");
        }
    }

    private static void WriteComposed(ArrayBufferWriter<byte> output, Type type)
    {
        TypeNameKind kind = type.IsSZArray ? TypeNameKind.Vector
            : type.IsArray ? TypeNameKind.Array
            : type.IsPointer ? TypeNameKind.Pointer
            : TypeNameKind.ByReference;
        output.Write([(byte)kind]);
        if (kind == TypeNameKind.Array)
        {
            output.Write([(byte)type.GetArrayRank()]);
        }

        Write(output, type.GetElementType()!);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        output.Write([(byte)length, (byte)(length >> 8)]);
        Encoding.UTF8.GetBytes(text, output);
    }
}
