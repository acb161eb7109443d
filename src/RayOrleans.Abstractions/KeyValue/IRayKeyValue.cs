namespace RayOrleans;

/// <summary>
/// A small cluster-wide table for coordination: short keys, values up to 1 MiB, reads that see every write that was acknowledged.
/// Data belongs into objects. Thread-safe. <see cref="RayKeyValueExtensions"/> has blocking forms and forms for text.
/// </summary>
public interface IRayKeyValue
{
    /// <summary>Reads one key.</summary>
    /// <param name="key">The key; not empty.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The entry, or null where there is none.</returns>
    ValueTask<KeyValueEntry?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Writes one key, whatever it was.</summary>
    /// <param name="key">The key; not empty.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="cancellationToken">Ends the waiting; the write may have happened.</param>
    /// <returns>The entry's new version.</returns>
    ValueTask<long> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>Writes one key if it still has the expected version.</summary>
    /// <param name="key">The key; not empty.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="expectedVersion">The version read before; 0: only if the key is absent.</param>
    /// <param name="cancellationToken">Ends the waiting; the write may have happened.</param>
    /// <returns>The new version, or null when the key has changed and nothing was written.</returns>
    ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expectedVersion, CancellationToken cancellationToken = default);

    /// <summary>Deletes one key.</summary>
    /// <param name="key">The key; not empty.</param>
    /// <param name="expectedVersion">Only if it still has this version; null: in any case.</param>
    /// <param name="cancellationToken">Ends the waiting; the deletion may have happened.</param>
    /// <returns>Whether an entry was deleted.</returns>
    ValueTask<bool> DeleteAsync(string key, long? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the entries whose key starts with a prefix, in ordinal order of keys.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<IReadOnlyList<KeyValueEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default);
}
