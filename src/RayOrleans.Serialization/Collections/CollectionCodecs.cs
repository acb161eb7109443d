using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using RayOrleans.Serialization.Codecs;

namespace RayOrleans.Serialization.Collections;

/// <summary>Chooses the codec of a collection.</summary>
internal static class CollectionCodecs
{
    private static readonly Dictionary<Type, Type> Filled = new()
    {
        [typeof(Dictionary<,>)] = typeof(DictionaryCodec<,>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryCodec<,>),
        [typeof(SortedList<,>)] = typeof(SortedListCodec<,>),
        [typeof(ConcurrentDictionary<,>)] = typeof(ConcurrentDictionaryCodec<,>),
        [typeof(HashSet<>)] = typeof(HashSetCodec<>),
        [typeof(SortedSet<>)] = typeof(SortedSetCodec<>),
        [typeof(Queue<>)] = typeof(QueueCodec<>),
        [typeof(Stack<>)] = typeof(StackCodec<>),
        [typeof(LinkedList<>)] = typeof(LinkedListCodec<>),
        [typeof(ConcurrentQueue<>)] = typeof(ConcurrentQueueCodec<>),
        [typeof(ConcurrentStack<>)] = typeof(ConcurrentStackCodec<>),
        [typeof(ConcurrentBag<>)] = typeof(ConcurrentBagCodec<>),
        [typeof(List<>)] = typeof(DerivedListCodec<>),
    };

    private static readonly Dictionary<Type, Type> Built = new()
    {
        [typeof(ImmutableList<>)] = typeof(ImmutableListRules<>),
        [typeof(ImmutableQueue<>)] = typeof(ImmutableQueueRules<>),
        [typeof(ImmutableStack<>)] = typeof(ImmutableStackRules<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetRules<>),
        [typeof(ImmutableSortedSet<>)] = typeof(ImmutableSortedSetRules<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryRules<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryRules<,>),
        [typeof(FrozenSet<>)] = typeof(FrozenSetRules<>),
        [typeof(FrozenDictionary<,>)] = typeof(FrozenDictionaryRules<,>),
    };

    /// <summary>The codec of an array, collection, or class derived from one; null for others.</summary>
    public static BodyCodec? Find(ValueSerializer serializer, Type type)
    {
        if (type.IsArray)
        {
            return OfArray(serializer, type);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            return Make(typeof(ListCodec<>), type.GetGenericArguments(), serializer);
        }

        for (Type? t = type; t is not null; t = t.BaseType)
        {
            if (t == typeof(Hashtable))
            {
                return new HashtableCodec(serializer, type);
            }

            if (!t.IsGenericType)
            {
                continue;
            }

            Type definition = t.GetGenericTypeDefinition();
            if (Filled.TryGetValue(definition, out Type? filled))
            {
                return Make(filled, t.GetGenericArguments(), serializer, type);
            }

            if (Built.TryGetValue(definition, out Type? rules))
            {
                Type[] arguments = t.GetGenericArguments();
                Type item = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
                return Make(typeof(BuiltCollectionCodec<,,>), [t, item, rules.MakeGenericType(arguments)], serializer);
            }
        }

        return null;
    }

    private static BodyCodec OfArray(ValueSerializer serializer, Type type)
    {
        Type element = type.GetElementType()!;
        if (element.IsPointer || element.IsFunctionPointer)
        {
            return new RejectedCodec(type, RejectedPlaceCodec.Hint);
        }

        return !type.IsSZArray ? Make(typeof(MatrixCodec<>), [element], serializer, type)
            : PlaceFactory.IsBits(element) ? Make(typeof(BitsVectorCodec<>), [element])
            : Make(typeof(VectorCodec<>), [element], serializer);
    }

    private static BodyCodec Make(Type definition, Type[] typeArguments, params object[] arguments) =>
        (BodyCodec)Activator.CreateInstance(definition.MakeGenericType(typeArguments), arguments)!;
}
