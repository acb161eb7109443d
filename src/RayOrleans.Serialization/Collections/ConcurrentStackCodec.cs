using System.Collections.Concurrent;

namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="ConcurrentStack{T}"/> and classes derived from it.</summary>
internal sealed class ConcurrentStackCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<ConcurrentStack<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(ConcurrentStack<T> collection) => [.. collection.ToArray().AsEnumerable().Reverse()];

    protected override void Add(ConcurrentStack<T> collection, T item) => collection.Push(item);

    protected override ConcurrentStack<T> Make(object? comparer) => new();
}
