namespace RayOrleans.Api.Tests.Fakes;

/// <summary>The key-value table as a dictionary.</summary>
internal sealed class FakeKeyValue : IRayKeyValue
{
    private readonly SortedDictionary<string, KeyValueEntry> _entries = new(StringComparer.Ordinal);

    public ValueTask<KeyValueEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => new(_entries.GetValueOrDefault(key));

    public async ValueTask<long> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        (await TryPutAsync(key, value, Version(key), cancellationToken))!.Value;

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expectedVersion, CancellationToken cancellationToken = default)
    {
        if (Version(key) != expectedVersion)
        {
            return new((long?)null);
        }

        _entries[key] = new KeyValueEntry(key, value.ToArray(), expectedVersion + 1);
        return new(expectedVersion + 1);
    }

    public ValueTask<bool> DeleteAsync(string key, long? expectedVersion = null, CancellationToken cancellationToken = default) =>
        new((expectedVersion is null || expectedVersion == Version(key)) && _entries.Remove(key));

    public ValueTask<IReadOnlyList<KeyValueEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        new((IReadOnlyList<KeyValueEntry>)[.. _entries.Values.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))]);

    private long Version(string key) => _entries.GetValueOrDefault(key)?.Version ?? 0;
}
