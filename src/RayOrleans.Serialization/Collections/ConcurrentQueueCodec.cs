using System.Collections.Concurrent;

namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="ConcurrentQueue{T}"/> and classes derived from it.</summary>
internal sealed class ConcurrentQueueCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<ConcurrentQueue<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(ConcurrentQueue<T> collection) => collection.ToArray();

    protected override void Add(ConcurrentQueue<T> collection, T item) => collection.Enqueue(item);

    protected override ConcurrentQueue<T> Make(object? comparer) => new();
}
