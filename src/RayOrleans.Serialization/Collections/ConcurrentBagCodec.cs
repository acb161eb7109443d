using System.Collections.Concurrent;

namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="ConcurrentBag{T}"/> and classes derived from it.</summary>
internal sealed class ConcurrentBagCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<ConcurrentBag<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(ConcurrentBag<T> collection) => collection.ToArray();

    protected override void Add(ConcurrentBag<T> collection, T item) => collection.Add(item);

    protected override ConcurrentBag<T> Make(object? comparer) => new();
}
