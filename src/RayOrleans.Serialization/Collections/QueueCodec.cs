namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="Queue{T}"/> and classes derived from it.</summary>
internal sealed class QueueCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<Queue<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(Queue<T> collection) => collection.ToArray();

    protected override void Add(Queue<T> collection, T item) => collection.Enqueue(item);

    protected override Queue<T> Make(object? comparer) => new();
}
