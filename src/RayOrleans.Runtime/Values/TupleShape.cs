using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>How a result type that is a value tuple falls into parts; <see cref="Count"/> is 0 for every other type.</summary>
internal static class TupleShape<T>
{
    public static readonly int Count = CountOf(typeof(T));

    private static readonly Func<object, int, ValueCodec, WrittenValue>[] Writers = [.. Parts().Select(TupleParts.Writer)];
    private static readonly Func<ObjectEntry, ValueCodec, object?>[] Readers = [.. Parts().Select(TupleParts.Reader)];

    public static PartValue[] Split(T tuple, ValueCodec codec, out object? keepAlive)
    {
        ITuple values = (ITuple)tuple!;
        PartValue[] parts = new PartValue[Count];
        object?[] alive = new object?[Count];
        for (int i = 0; i < Count; i++)
        {
            WrittenValue written = Writers[i](values, i, codec);
            parts[i] = written.ToPart();
            alive[i] = written.KeepAlive;
        }

        keepAlive = alive;
        return parts;
    }

    public static T Join(ObjectEntry[] parts, ValueCodec codec)
    {
        object?[] values = new object?[Count];
        for (int i = 0; i < Count; i++)
        {
            values[i] = Readers[i](parts[i], codec);
        }

        return (T)Activator.CreateInstance(typeof(T), values)!;
    }

    private static Type[] Parts() => Count == 0 ? [] : typeof(T).GetGenericArguments();

    private static int CountOf(Type type) =>
        type.IsValueType && type.IsGenericType && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal) && type.GetGenericArguments().Length is > 1 and < 8
            ? type.GetGenericArguments().Length
            : 0;
}
