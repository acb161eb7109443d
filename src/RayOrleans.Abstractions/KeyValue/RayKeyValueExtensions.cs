using System.Text;

namespace RayOrleans;

/// <summary>Blocking forms of <see cref="IRayKeyValue"/>, and forms for text (UTF-8).</summary>
public static class RayKeyValueExtensions
{
    extension(IRayKeyValue kv)
    {
        /// <summary>Reads one key; null where there is none.</summary>
        /// <param name="key">The key; not empty.</param>
        public KeyValueEntry? Get(string key) => Blocking.Wait(kv.GetAsync(key));

        /// <summary>Writes one key, whatever it was, and returns the entry's new version.</summary>
        /// <param name="key">The key; not empty.</param>
        /// <param name="value">The value; copied.</param>
        public long Put(string key, ReadOnlyMemory<byte> value) => Blocking.Wait(kv.PutAsync(key, value));

        /// <summary>Writes one key if it still has the expected version (0: if it is absent); null when nothing was written.</summary>
        /// <param name="key">The key; not empty.</param>
        /// <param name="value">The value; copied.</param>
        /// <param name="expectedVersion">The version read before.</param>
        public long? TryPut(string key, ReadOnlyMemory<byte> value, long expectedVersion) => Blocking.Wait(kv.TryPutAsync(key, value, expectedVersion));

        /// <summary>Deletes one key and returns whether it was there.</summary>
        /// <param name="key">The key; not empty.</param>
        /// <param name="expectedVersion">Only if it still has this version; null: in any case.</param>
        public bool Delete(string key, long? expectedVersion = null) => Blocking.Wait(kv.DeleteAsync(key, expectedVersion));

        /// <summary>Lists the entries whose key starts with a prefix, in ordinal order of keys.</summary>
        /// <param name="prefix">The prefix; empty for all.</param>
        public IReadOnlyList<KeyValueEntry> List(string prefix) => Blocking.Wait(kv.ListAsync(prefix));

        /// <summary>Reads one key as text; null where there is none.</summary>
        /// <param name="key">The key; not empty.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        public async ValueTask<string?> GetTextAsync(string key, CancellationToken cancellationToken = default) =>
            await kv.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

        /// <summary>Writes one key as text, whatever it was, and returns the entry's new version.</summary>
        /// <param name="key">The key; not empty.</param>
        /// <param name="value">The text.</param>
        /// <param name="cancellationToken">Ends the waiting; the write may have happened.</param>
        public ValueTask<long> PutTextAsync(string key, string value, CancellationToken cancellationToken = default) =>
            kv.PutAsync(key, Encoding.UTF8.GetBytes(value), cancellationToken);
    }
}
