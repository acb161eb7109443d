using System.Buffers;
using System.Reflection;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Functions;

/// <summary>
/// Names methods in bytes: module version id, metadata token, declaring type, generic arguments. Tokens mean something in the identical build only, which the id checks.
/// </summary>
internal static class MethodName
{
    public static byte[] Write(MethodBase method)
    {
        Type declaring = method.DeclaringType
            ?? throw new NotSupportedException($"the method {method.Name} was made at run time and exists in this process only; use a lambda or a method.");
        if (method.Module.Assembly.IsDynamic)
        {
            throw new NotSupportedException($"the method {method.Name} was made at run time and exists in this process only.");
        }

        var output = new ArrayBufferWriter<byte>(96);
        method.Module.ModuleVersionId.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
        BitConverter.TryWriteBytes(output.GetSpan(4), method.MetadataToken);
        output.Advance(4);
        Type[] arguments = method is { IsGenericMethod: true, IsGenericMethodDefinition: false } ? method.GetGenericArguments() : [];
        output.Write([(byte)arguments.Length]);
        TypeNameWriter.Write(output, declaring);
        foreach (Type argument in arguments)
        {
            TypeNameWriter.Write(output, argument);
        }

        return output.WrittenSpan.ToArray();
    }

    public static MethodBase Read(ReadOnlySpan<byte> bytes, AssemblyTable assemblies, out int length)
    {
        if (bytes.Length < 21)
        {
            throw new CorruptValueException("a method's name is cut short");
        }

        var module = new Guid(bytes[..16]);
        int token = BitConverter.ToInt32(bytes[16..]);
        int count = bytes[20];
        var reader = new TypeNameReader(bytes[21..], assemblies);
        Type declaring = reader.Read();
        var arguments = new Type[count];
        for (int i = 0; i < count; i++)
        {
            arguments[i] = reader.Read();
        }

        length = 21 + reader.Position;
        if (declaring.Module.ModuleVersionId != module)
        {
            throw new CorruptValueException(
                $"the function is of another build of {declaring.Module.Name} ({module}) than the one that is loaded here ({declaring.Module.ModuleVersionId})");
        }

        return Resolve(declaring, token, arguments);
    }

    private static MethodBase Resolve(Type declaring, int token, Type[] arguments)
    {
        try
        {
            MethodBase definition = declaring.Module.ResolveMethod(token) ?? throw new CorruptValueException($"no method {token:x8}");
            MethodBase method = declaring.IsConstructedGenericType
                ? MethodBase.GetMethodFromHandle(definition.MethodHandle, declaring.TypeHandle)!
                : definition;
            if (arguments.Length > 0)
            {
                method = ((MethodInfo)method).MakeGenericMethod(arguments);
            }

            return method.DeclaringType == declaring
                ? method
                : throw new CorruptValueException($"method {token:x8} is not one of {TypeText.Of(declaring)}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or InvalidOperationException or BadImageFormatException)
        {
            throw new CorruptValueException($"there is no method {token:x8} in {TypeText.Of(declaring)} with {arguments.Length} type arguments: {e.Message}");
        }
    }
}
