using System.Collections;
using System.Numerics;

namespace RayOrleans.Serialization.Types;

/// <summary>Framework types that are named by one byte. The order is part of the format: append only.</summary>
internal static class KnownTypes
{
    private static readonly Type[] All =
    [
        typeof(object), typeof(string), typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint),
        typeof(long), typeof(ulong), typeof(char), typeof(float), typeof(double), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset),
        typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Guid), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger),
        typeof(Complex), typeof(Uri), typeof(Version), typeof(Type), typeof(Exception), typeof(Delegate), typeof(Nullable<>), typeof(List<>),
        typeof(Dictionary<,>), typeof(HashSet<>), typeof(Queue<>), typeof(Stack<>), typeof(LinkedList<>), typeof(SortedDictionary<,>),
        typeof(KeyValuePair<,>), typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(ValueTuple<>),
        typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(Func<>), typeof(Func<,>), typeof(Func<,,>),
        typeof(Func<,,,>), typeof(Action), typeof(Action<>), typeof(Action<,>), typeof(ReadOnlyMemory<>), typeof(Memory<>), typeof(ArraySegment<>),
        typeof(ObjectRef<>), typeof(ActorHandle<>), typeof(SharedTensor<>), typeof(Unit), typeof(ObjectId), typeof(ActorId), typeof(TaskId),
        typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>), typeof(ArrayList),
        typeof(Hashtable), typeof(CancellationToken), typeof(void), typeof(nint), typeof(nuint), typeof(Lazy<>), typeof(StringComparer),
    ];

    private static readonly Dictionary<Type, byte> Numbers = All.Select((type, index) => (type, index)).ToDictionary(p => p.type, p => (byte)p.index);

    public static bool TryGetNumber(Type type, out byte number) => Numbers.TryGetValue(type, out number);

    public static Type? Find(byte number) => number < All.Length ? All[number] : null;
}
