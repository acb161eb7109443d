using System.Collections.Concurrent;

namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="ConcurrentDictionary{TKey, TValue}"/> and classes derived from it.</summary>
internal sealed class ConcurrentDictionaryCodec<TKey, TValue>(ValueSerializer serializer, Type type)
    : FilledCollectionCodec<ConcurrentDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(serializer, type)
    where TKey : notnull
{
    private readonly bool _keysComplete = serializer.CodecOf<TKey>().CompleteWhenRead;

    protected override Type? ComparerType => typeof(IEqualityComparer<TKey>);

    protected override bool KeysComplete => _keysComplete;

    protected override (object? Comparer, object? Default) ComparerOf(ConcurrentDictionary<TKey, TValue> collection) => (collection.Comparer, EqualityComparer<TKey>.Default);

    protected override KeyValuePair<TKey, TValue>[] ItemsOf(ConcurrentDictionary<TKey, TValue> collection) => collection.ToArray();

    protected override void Add(ConcurrentDictionary<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection[item.Key] = item.Value;

    protected override ConcurrentDictionary<TKey, TValue> Make(object? comparer) => new((IEqualityComparer<TKey>?)comparer);

    protected override string PathOf(KeyValuePair<TKey, TValue>[] items, int index) => KeyText.Of(items[index].Key);
}
