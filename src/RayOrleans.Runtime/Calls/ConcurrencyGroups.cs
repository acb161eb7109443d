using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime;

/// <summary>
/// Which concurrency group an actor call belongs to: the attribute of the method that the lambda calls, found in the lambda's code.
/// </summary>
internal static class ConcurrencyGroups
{
    private static readonly ConcurrentDictionary<MethodInfo, string?> ByFunction = new();

    // Methods of shipped code are kept weakly: it is unloaded when its jobs have ended.
    private static readonly ConditionalWeakTable<MethodInfo, string> ByShippedFunction = [];

    public static string? Of(Delegate function) => function.Method is { IsCollectible: true } method
        ? ByShippedFunction.GetValue(method, static method => Find(method) ?? "") is { Length: > 0 } group ? group : null
        : ByFunction.GetOrAdd(function.Method, static method => Find(method));

    private static string? Find(MethodInfo method)
    {
        if (method.GetCustomAttribute<ConcurrencyGroupAttribute>() is { } own)
        {
            return own.Name;
        }

        Type? actor = method.GetParameters().FirstOrDefault()?.ParameterType;
        byte[]? code = method.GetMethodBody()?.GetILAsByteArray();
        if (actor is null || code is null)
        {
            return null;
        }

        for (int i = 0; i + 4 < code.Length; i++)
        {
            if (code[i] != OpCodes.Call.Value && code[i] != OpCodes.Callvirt.Value)
            {
                continue;
            }

            if (Resolve(method, BitConverter.ToInt32(code, i + 1)) is { } called && called.DeclaringType!.IsAssignableFrom(actor)
                && called.GetCustomAttribute<ConcurrencyGroupAttribute>() is { } attribute)
            {
                return attribute.Name;
            }
        }

        return null;
    }

    private static MethodBase? Resolve(MethodInfo method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType?.GetGenericArguments(), method.GetGenericArguments());
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException or MissingMethodException or TypeLoadException or FileNotFoundException)
        {
            // The bytes were an operand that looks like a call.
            return null;
        }
    }
}
