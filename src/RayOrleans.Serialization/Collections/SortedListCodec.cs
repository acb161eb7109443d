namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="SortedList{TKey, TValue}"/> and classes derived from it.</summary>
internal sealed class SortedListCodec<TKey, TValue>(ValueSerializer serializer, Type type)
    : FilledCollectionCodec<SortedList<TKey, TValue>, KeyValuePair<TKey, TValue>>(serializer, type)
    where TKey : notnull
{
    private readonly bool _keysComplete = serializer.CodecOf<TKey>().CompleteWhenRead;

    protected override Type? ComparerType => typeof(IComparer<TKey>);

    protected override bool KeysComplete => _keysComplete;

    protected override (object? Comparer, object? Default) ComparerOf(SortedList<TKey, TValue> collection) => (collection.Comparer, Comparer<TKey>.Default);

    protected override KeyValuePair<TKey, TValue>[] ItemsOf(SortedList<TKey, TValue> collection) => [.. collection];

    protected override void Add(SortedList<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection.Add(item.Key, item.Value);

    protected override SortedList<TKey, TValue> Make(object? comparer) => new((IComparer<TKey>?)comparer);

    protected override string PathOf(KeyValuePair<TKey, TValue>[] items, int index) => KeyText.Of(items[index].Key);
}
