namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="LinkedList{T}"/> and classes derived from it.</summary>
internal sealed class LinkedListCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<LinkedList<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(LinkedList<T> collection) => [.. collection];

    protected override void Add(LinkedList<T> collection, T item) => collection.AddLast(item);

    protected override LinkedList<T> Make(object? comparer) => new();
}
