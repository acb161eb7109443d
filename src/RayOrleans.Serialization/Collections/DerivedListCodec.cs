namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of classes derived from <see cref="List{T}"/>.</summary>
internal sealed class DerivedListCodec<T>(ValueSerializer serializer, Type type) : FilledCollectionCodec<List<T>, T>(serializer, type)
{
    protected override T[] ItemsOf(List<T> collection) => collection.ToArray();

    protected override void Add(List<T> collection, T item) => collection.Add(item);

    protected override List<T> Make(object? comparer) => [];
}
