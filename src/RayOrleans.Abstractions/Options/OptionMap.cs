using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace RayOrleans;

/// <summary>An immutable dictionary by ordinal name that is compared by content, so that records that hold one are too.</summary>
internal sealed class OptionMap<TValue> : IReadOnlyDictionary<string, TValue>, IEquatable<OptionMap<TValue>>
    where TValue : notnull
{
    private readonly ImmutableSortedDictionary<string, TValue> _entries;

    public OptionMap(IEnumerable<KeyValuePair<string, TValue>> entries) =>
        _entries = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, entries);

    /// <summary>The map without entries.</summary>
    public static IReadOnlyDictionary<string, TValue> Empty { get; } = new OptionMap<TValue>([]);

    public int Count => _entries.Count;

    public IEnumerable<string> Keys => _entries.Keys;

    public IEnumerable<TValue> Values => _entries.Values;

    public TValue this[string key] => _entries[key];

    /// <summary>A map of the entries; the same one where it already is a map, null where there is none.</summary>
    public static OptionMap<TValue>? From(IReadOnlyDictionary<string, TValue>? entries) =>
        entries switch
        {
            null => null,
            OptionMap<TValue> map => map,
            _ => new OptionMap<TValue>(entries),
        };

    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(OptionMap<TValue>? other) => other is not null && (ReferenceEquals(this, other) || _entries.SequenceEqual(other._entries));

    public override bool Equals(object? obj) => Equals(obj as OptionMap<TValue>);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((string name, TValue value) in _entries)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"{{ {string.Join(", ", _entries.Select(e => $"{e.Key} = {e.Value}"))} }}";
}
