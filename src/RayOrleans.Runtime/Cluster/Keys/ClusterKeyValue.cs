namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The key-value table of a cluster: keys are spread over the shards, large values travel in parts.</summary>
internal sealed class ClusterKeyValue(KeyClient client, string @namespace) : IRayKeyValue
{
    /// <summary>For how long a value that takes several parts is tried: shorter than its shard remembers it (<see cref="KeyLimits.RememberedFor"/>).</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(2);

    public async ValueTask<KeyValueEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        Check(key);
        List<KeyEntry> found = KeyWire.DecodeEntries(await GetAsync(key, 0, cancellationToken).ConfigureAwait(false), out _);
        return found.Count == 0 ? null : await CompleteAsync(found[0], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<long> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        (await WriteAsync(key, value, null, cancellationToken).ConfigureAwait(false))!.Value;

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expectedVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(key, value, expectedVersion, cancellationToken);

    public async ValueTask<bool> DeleteAsync(string key, long? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        Check(key);
        KeyOperation operation = new(KeyOperationKind.Delete, @namespace, key) { Id = client.NextId(), Expected = expectedVersion };
        return KeyWire.DecodeFlag(await client.SendAsync(operation, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask<IReadOnlyList<KeyValueEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        List<KeyValueEntry> all = [];
        List<KeyEntry>[] shards = await Task.WhenAll(Enumerable.Range(0, client.ShardCount).Select(s => ListAsync(s, prefix, cancellationToken))).ConfigureAwait(false);
        foreach (KeyEntry entry in shards.SelectMany(s => s))
        {
            if (await CompleteAsync(entry, cancellationToken).ConfigureAwait(false) is { } whole)
            {
                all.Add(whole);
            }
        }

        all.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return all;
    }

    /// <summary>The length of a key's value, without reading it; null: there is none.</summary>
    public async ValueTask<int?> LengthAsync(string key, CancellationToken cancellationToken)
    {
        List<KeyEntry> found = KeyWire.DecodeEntries(await GetAsync(key, KeyLimits.MaxValueBytes, cancellationToken).ConfigureAwait(false), out _);
        return found.Count == 0 ? null : found[0].Length;
    }

    /// <summary>The shard that keeps a key.</summary>
    public int ShardOf(string key) => client.ShardOf(@namespace, key);

    private async Task<List<KeyEntry>> ListAsync(int shard, string prefix, CancellationToken cancellationToken)
    {
        List<KeyEntry> all = [];
        bool isMore = true;
        string? after = null;
        while (isMore)
        {
            KeyOperation operation = new(KeyOperationKind.List, @namespace, prefix) { After = after };
            all.AddRange(KeyWire.DecodeEntries(await client.SendAsync(shard, operation, cancellationToken).ConfigureAwait(false), out isMore));
            after = all.Count == 0 ? null : all[^1].Key;
        }

        return all;
    }

    /// <summary>Reads the rest of a value; null: it was deleted meanwhile.</summary>
    private async ValueTask<KeyValueEntry?> CompleteAsync(KeyEntry entry, CancellationToken cancellationToken)
    {
        byte[] value = new byte[entry.Length];
        entry.Value.CopyTo(value);
        int read = entry.Value.Length;
        while (read < entry.Length)
        {
            List<KeyEntry> found = KeyWire.DecodeEntries(await GetAsync(entry.Key, read, cancellationToken).ConfigureAwait(false), out _);
            if (found.Count == 0)
            {
                return null;
            }

            if (found[0].Version != entry.Version)
            {
                // It was written meanwhile: parts of two values must not be mixed.
                return await this.GetAsync(entry.Key, cancellationToken).ConfigureAwait(false);
            }

            found[0].Value.CopyTo(value.AsMemory(read));
            read += found[0].Value.Length;
        }

        return new KeyValueEntry(entry.Key, value, entry.Version);
    }

    private ValueTask<byte[]> GetAsync(string key, int offset, CancellationToken cancellationToken) =>
        client.SendAsync(new KeyOperation(KeyOperationKind.Get, @namespace, key) { Offset = offset }, cancellationToken);

    private async ValueTask<long?> WriteAsync(string key, ReadOnlyMemory<byte> value, long? expected, CancellationToken cancellationToken)
    {
        Check(key);
        if (value.Length > KeyLimits.MaxValueBytes)
        {
            throw new ArgumentException(
                $"The value of '{key}' has {value.Length} bytes; the table takes up to {KeyLimits.MaxValueBytes}. Put larger data into objects.", nameof(value));
        }

        KeyOperation write = new(KeyOperationKind.Put, @namespace, key) { Id = client.NextId(), Value = value, Expected = expected };
        if (value.Length > KeyLimits.PartBytes)
        {
            return await WriteInPartsAsync(write, cancellationToken).ConfigureAwait(false);
        }

        return KeyWire.DecodeVersion(await client.SendAsync(write, cancellationToken).ConfigureAwait(false), out _);
    }

    /// <summary>All of it ends while the shard remembers the write, so that it is not made twice.</summary>
    private async ValueTask<long?> WriteInPartsAsync(KeyOperation write, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestWrite);
        try
        {
            return await WriteInPartsUntilAsync(write, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The value of '{write.Key}', {write.Value.Length} bytes, was not written within {LongestWrite.TotalSeconds:0} s: its shard moves, or too many write large values there at once.", e);
        }
    }

    private async ValueTask<long?> WriteInPartsUntilAsync(KeyOperation write, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            bool isStaged = true;
            for (int offset = 0; isStaged && offset < write.Value.Length; offset += KeyLimits.PartBytes)
            {
                ReadOnlyMemory<byte> part = write.Value.Slice(offset, Math.Min(KeyLimits.PartBytes, write.Value.Length - offset));
                KeyOperation stage = write with { Kind = KeyOperationKind.Stage, Value = part, Offset = offset, Expected = null };
                isStaged = KeyWire.DecodeFlag(await client.SendAsync(stage, cancellationToken).ConfigureAwait(false));
            }

            if (isStaged)
            {
                KeyOperation commit = write with { Kind = KeyOperationKind.PutStaged, Value = default, Offset = write.Value.Length };
                long? version = KeyWire.DecodeVersion(await client.SendAsync(commit, cancellationToken).ConfigureAwait(false), out bool isMissing);
                if (!isMissing)
                {
                    return version;
                }
            }

            // The shard has moved, or too many are sending parts: once more, not all at once.
            await Task.Delay(Random.Shared.Next(1, 10 << Math.Min(attempt, 5)), cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > KeyLimits.MaxKeyLength)
        {
            throw new ArgumentException($"A key of {key.Length} characters; the table takes up to {KeyLimits.MaxKeyLength}.", nameof(key));
        }
    }
}
