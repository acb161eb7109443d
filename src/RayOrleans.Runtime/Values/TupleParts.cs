using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Typed access to the parts of tuples by reflection, once per type.</summary>
internal static class TupleParts
{
    public static Func<object, int, ValueCodec, WrittenValue> Writer(Type part) =>
        Method(nameof(Write), part).CreateDelegate<Func<object, int, ValueCodec, WrittenValue>>();

    public static Func<ObjectEntry, ValueCodec, object?> Reader(Type part) =>
        Method(nameof(Read), part).CreateDelegate<Func<ObjectEntry, ValueCodec, object?>>();

    private static MethodInfo Method(string name, Type part) =>
        typeof(TupleParts).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(part);

    private static WrittenValue Write<P>(object tuple, int index, ValueCodec codec) => codec.Write((P)((ITuple)tuple)[index]!);

    private static object? Read<P>(ObjectEntry entry, ValueCodec codec) => codec.Read<P>(entry, null);
}
