using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime;

/// <summary>Typed access to the parts of tuples by reflection, once per type.</summary>
internal static class TupleParts
{
    public static Func<object, int, ValueCodec, LoadedCode?, NestedPuts?, WrittenValue> Writer(Type part) =>
        Method(nameof(Write), part).CreateDelegate<Func<object, int, ValueCodec, LoadedCode?, NestedPuts?, WrittenValue>>();

    public static Func<ObjectEntry, ValueCodec, TaskScope?, object?> Reader(Type part) =>
        Method(nameof(Read), part).CreateDelegate<Func<ObjectEntry, ValueCodec, TaskScope?, object?>>();

    private static MethodInfo Method(string name, Type part) =>
        typeof(TupleParts).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(part);

    private static WrittenValue Write<P>(object tuple, int index, ValueCodec codec, LoadedCode? code, NestedPuts? nested) =>
        codec.Write((P)((ITuple)tuple)[index]!, code, nested);

    private static object? Read<P>(ObjectEntry entry, ValueCodec codec, TaskScope? scope) => codec.Read<P>(entry, scope);
}
