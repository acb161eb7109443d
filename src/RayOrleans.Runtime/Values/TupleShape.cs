using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime;

/// <summary>How a result type that is a value tuple falls into parts; <see cref="Count"/> is 0 for every other type.</summary>
internal static class TupleShape<T>
{
    public static readonly int Count = CountOf(typeof(T));

    private static readonly Func<object, int, ValueCodec, LoadedCode?, NestedPuts?, WrittenValue>[] Writers = [.. Parts().Select(TupleParts.Writer)];
    private static readonly Func<ObjectEntry, ValueCodec, TaskScope?, object?>[] Readers = [.. Parts().Select(TupleParts.Reader)];

    public static PartValue[] Split(T tuple, ValueCodec codec, LoadedCode? code, NestedPuts? nested, out object? keepAlive)
    {
        ITuple values = (ITuple)tuple!;
        PartValue[] parts = new PartValue[Count];
        object?[] alive = new object?[Count];
        for (int i = 0; i < Count; i++)
        {
            WrittenValue written = Writers[i](values, i, codec, code, nested);
            parts[i] = written.ToPart();
            alive[i] = written.KeepAlive;
        }

        keepAlive = alive;
        return parts;
    }

    public static T Join(ObjectEntry[] parts, ValueCodec codec, TaskScope? scope)
    {
        object?[] values = new object?[Count];
        for (int i = 0; i < Count; i++)
        {
            values[i] = Readers[i](parts[i], codec, scope);
        }

        return (T)Activator.CreateInstance(typeof(T), values)!;
    }

    private static Type[] Parts() => Count == 0 ? [] : typeof(T).GetGenericArguments();

    private static int CountOf(Type type) =>
        type.IsValueType && type.IsGenericType && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal) && type.GetGenericArguments().Length is > 1 and < 8
            ? type.GetGenericArguments().Length
            : 0;
}
