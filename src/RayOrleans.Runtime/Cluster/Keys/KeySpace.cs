namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The keys of one namespace on one shard.</summary>
internal sealed class KeySpace
{
    private readonly Dictionary<string, (long Version, byte[] Value)> _entries = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    public bool IsEmpty => _keys.Count == 0;

    public IEnumerable<KeyEntry> All => _keys.Select(k => Get(k, 0, int.MaxValue)!.Value);

    public long VersionOf(string key) => _entries.TryGetValue(key, out (long Version, byte[] Value) entry) ? entry.Version : 0;

    public void Set(string key, long version, byte[] value)
    {
        _entries[key] = (version, value);
        _keys.Add(key);
    }

    public bool Remove(string key) => _entries.Remove(key) && _keys.Remove(key);

    /// <summary>A key with a part of its value; null: it is absent.</summary>
    public KeyEntry? Get(string key, int offset, int most)
    {
        if (!_entries.TryGetValue(key, out (long Version, byte[] Value) entry))
        {
            return null;
        }

        int start = Math.Min(offset, entry.Value.Length);
        return new KeyEntry(key, entry.Version, entry.Value.Length, entry.Value.AsMemory(start, Math.Min(most, entry.Value.Length - start)));
    }

    /// <summary>Keys with a prefix, in ordinal order, as many as fit; values that do not fit are left out.</summary>
    public List<KeyEntry> List(string prefix, string? after, out bool isMore)
    {
        List<KeyEntry> found = [];
        isMore = false;
        if (IsEmpty)
        {
            return found;
        }

        string from = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix;
        if (string.CompareOrdinal(from, _keys.Max) > 0)
        {
            return found;
        }

        int bytes = 0;
        foreach (string key in _keys.GetViewBetween(from, _keys.Max))
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal))
            {
                break;
            }

            if (key == after)
            {
                continue;
            }

            if (bytes > KeyLimits.PartBytes)
            {
                isMore = true;
                break;
            }

            KeyEntry entry = Get(key, 0, Math.Max(0, KeyLimits.PartBytes - bytes))!.Value;
            found.Add(entry);
            bytes += 32 + 2 * key.Length + entry.Value.Length;
        }

        return found;
    }
}
