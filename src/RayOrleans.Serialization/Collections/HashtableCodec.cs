using System.Collections;
using System.Runtime.CompilerServices;

namespace RayOrleans.Serialization.Collections;

/// <summary>Codec of <see cref="Hashtable"/> and classes derived from it, with the usual comparer.</summary>
internal sealed class HashtableCodec(ValueSerializer serializer, Type type)
    : FilledCollectionCodec<Hashtable, KeyValuePair<object, object?>>(serializer, type)
{
    protected override Type? ComparerType => typeof(IEqualityComparer);

    protected override bool KeysComplete => false;

    protected override (object? Comparer, object? Default) ComparerOf(Hashtable collection) => (ComparerAccess(collection), null);

    protected override KeyValuePair<object, object?>[] ItemsOf(Hashtable collection) =>
        [.. collection.Cast<DictionaryEntry>().Select(e => new KeyValuePair<object, object?>(e.Key, e.Value))];

    protected override void Add(Hashtable collection, KeyValuePair<object, object?> item) => collection.Add(item.Key, item.Value);

    protected override Hashtable Make(object? comparer) => new((IEqualityComparer?)comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EqualityComparer")]
    private static extern IEqualityComparer? ComparerAccess(Hashtable table);
}
