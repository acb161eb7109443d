namespace RayOrleans.Runtime;

/// <summary>The key-value table of a cluster that is one process.</summary>
internal sealed class LocalKeyValue : IRayKeyValue
{
    private const int MaxValueBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, KeyValueEntry> _entries = new(StringComparer.Ordinal);
    private long _version;

    public ValueTask<KeyValueEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        lock (_lock)
        {
            return new(_entries.GetValueOrDefault(key));
        }
    }

    public ValueTask<long> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        lock (_lock)
        {
            return new(Write(key, value));
        }
    }

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expectedVersion, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        lock (_lock)
        {
            long current = _entries.TryGetValue(key, out KeyValueEntry? entry) ? entry.Version : 0;
            return new(current == expectedVersion ? Write(key, value) : null);
        }
    }

    public ValueTask<bool> DeleteAsync(string key, long? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        lock (_lock)
        {
            bool matches = _entries.TryGetValue(key, out KeyValueEntry? entry) && (expectedVersion is null || entry.Version == expectedVersion);
            return new(matches && _entries.Remove(key));
        }
    }

    public ValueTask<IReadOnlyList<KeyValueEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new([.. _entries.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(e => e.Value)]);
        }
    }

    private static void Check(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private long Write(string key, ReadOnlyMemory<byte> value)
    {
        if (value.Length > MaxValueBytes)
        {
            throw new ArgumentException($"The value of '{key}' has {value.Length} bytes; the table takes up to {MaxValueBytes}. Put larger data into objects.", nameof(value));
        }

        _entries[key] = new KeyValueEntry(key, value.ToArray(), ++_version);
        return _version;
    }
}
