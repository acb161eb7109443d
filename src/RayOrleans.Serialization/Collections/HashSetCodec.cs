namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="HashSet{T}"/> and classes derived from it.</summary>
internal sealed class HashSetCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<HashSet<T>, T>(serializer, type)
{
    protected override Type? ComparerType => typeof(IEqualityComparer<T>);

    protected override (object? Comparer, object? Default) ComparerOf(HashSet<T> collection) => (collection.Comparer, EqualityComparer<T>.Default);

    protected override T[] ItemsOf(HashSet<T> collection) => [.. collection];

    protected override void Add(HashSet<T> collection, T item) => collection.Add(item);

    protected override HashSet<T> Make(object? comparer) => new((IEqualityComparer<T>?)comparer);

    protected override void Reserve(HashSet<T> collection, int count) => collection.EnsureCapacity(count);
}
