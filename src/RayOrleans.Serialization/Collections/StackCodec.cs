namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="Stack{T}"/> and classes derived from it.</summary>
internal sealed class StackCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<Stack<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(Stack<T> collection) => [.. collection.Reverse()];

    protected override void Add(Stack<T> collection, T item) => collection.Push(item);

    protected override Stack<T> Make(object? comparer) => new();
}
