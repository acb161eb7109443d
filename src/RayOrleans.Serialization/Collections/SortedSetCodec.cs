namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="SortedSet{T}"/> and classes derived from it.</summary>
internal sealed class SortedSetCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<SortedSet<T>, T>(serializer, type)
{
    protected override Type? ComparerType => typeof(IComparer<T>);

    protected override (object? Comparer, object? Default) ComparerOf(SortedSet<T> collection) => (collection.Comparer, Comparer<T>.Default);

    protected override T[] ItemsOf(SortedSet<T> collection) => [.. collection];

    protected override void Add(SortedSet<T> collection, T item) => collection.Add(item);

    protected override SortedSet<T> Make(object? comparer) => new((IComparer<T>?)comparer);
}
