using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;

namespace RayOrleans;

/// <summary>
/// Tells which values may be shared between putter and getter without a copy, because nothing can change them:
/// primitives, enums, strings and other immutable types of the framework, and structs made of only such fields.
/// </summary>
internal static class ValueTraits
{
    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    private static readonly HashSet<Type> ImmutableTypes =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
        typeof(Guid), typeof(Int128), typeof(UInt128), typeof(Half), typeof(BigInteger), typeof(Complex), typeof(Uri), typeof(Version),
        typeof(Index), typeof(Range), typeof(CancellationToken), typeof(Unit), typeof(TaskId), typeof(ObjectId), typeof(ActorId),
        typeof(JobId), typeof(NodeId), typeof(WorkerId),
    ];

    /// <summary>Whether values of exactly this type can be shared. Types of a context that can be unloaded are not remembered: that would keep it.</summary>
    public static bool IsImmutable(Type type) =>
        type.IsCollectible ? Compute(type, 0) : Known.GetOrAdd(type, static t => Compute(t, 0));

    private static bool Compute(Type type, int depth)
    {
        if (type.IsPrimitive)
        {
            return type != typeof(IntPtr) && type != typeof(UIntPtr);
        }

        if (type.IsEnum || ImmutableTypes.Contains(type))
        {
            return true;
        }

        if (!type.IsValueType || type.IsPointer || type.IsByRefLike || depth > 8)
        {
            return false;
        }

        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return fields.All(f => !f.FieldType.IsPointer && Compute(f.FieldType, depth + 1));
    }
}

/// <summary>The traits of one type, read once.</summary>
internal static class ValueTraits<T>
{
    /// <summary>Whether values of this static type can be shared; a constant to the JIT once this class is initialised.</summary>
    public static readonly bool IsImmutable = ValueTraits.IsImmutable(typeof(T));
}
