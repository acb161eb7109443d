namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="Dictionary{TKey, TValue}"/> and classes derived from it.</summary>
internal sealed class DictionaryCodec<TKey, TValue>(ValueSerializer serializer, Type type)
    : FilledCollectionCodec<Dictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(serializer, type)
    where TKey : notnull
{
    private readonly bool _keysComplete = serializer.CodecOf<TKey>().CompleteWhenRead;

    protected override Type? ComparerType => typeof(IEqualityComparer<TKey>);

    protected override bool KeysComplete => _keysComplete;

    protected override (object? Comparer, object? Default) ComparerOf(Dictionary<TKey, TValue> collection) => (collection.Comparer, EqualityComparer<TKey>.Default);

    protected override KeyValuePair<TKey, TValue>[] ItemsOf(Dictionary<TKey, TValue> collection) => [.. collection];

    protected override void Add(Dictionary<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection.Add(item.Key, item.Value);

    protected override Dictionary<TKey, TValue> Make(object? comparer) => new((IEqualityComparer<TKey>?)comparer);

    protected override void Reserve(Dictionary<TKey, TValue> collection, int count) => collection.EnsureCapacity(count);

    protected override string PathOf(KeyValuePair<TKey, TValue>[] items, int index) => KeyText.Of(items[index].Key);
}
