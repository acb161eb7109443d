using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>The key-value table as a process of a node sees it: through its node.</summary>
internal sealed class ProcessKeys(NodeServices node) : IRayKeyValue
{
    public async ValueTask<KeyValueEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<KeyValueEntry> entries = ReadEntries(await AskAsync(NodeRequest.KeyGet, Key(key), cancellationToken).ConfigureAwait(false));
        return entries.Count == 0 ? null : entries[0];
    }

    public async ValueTask<long> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        ReadNumber(await AskAsync(NodeRequest.KeyPut, Write(key, value.Span, 0), cancellationToken).ConfigureAwait(false));

    public async ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expectedVersion, CancellationToken cancellationToken = default)
    {
        long version = ReadNumber(await AskAsync(NodeRequest.KeyTryPut, Write(key, value.Span, expectedVersion), cancellationToken).ConfigureAwait(false));
        return version < 0 ? null : version;
    }

    public async ValueTask<bool> DeleteAsync(string key, long? expectedVersion = null, CancellationToken cancellationToken = default) =>
        ReadNumber(await AskAsync(NodeRequest.KeyDelete, Write(key, default, expectedVersion ?? -1), cancellationToken).ConfigureAwait(false)) != 0;

    public async ValueTask<IReadOnlyList<KeyValueEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return ReadEntries(await AskAsync(NodeRequest.KeyList, Key(prefix), cancellationToken).ConfigureAwait(false));
    }

    private static byte[] Key(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        WireWriter w = WireWriter.Borrow();
        w.Text(key);
        return WireForm.Finish(w);
    }

    private static byte[] Write(string key, ReadOnlySpan<byte> value, long version)
    {
        ArgumentNullException.ThrowIfNull(key);
        WireWriter w = WireWriter.Borrow();
        w.Text(key);
        w.Bytes(value);
        w.Int(version);
        return WireForm.Finish(w);
    }

    private static long ReadNumber(byte[] answer)
    {
        WireReader r = new(answer);
        return r.Long();
    }

    private static KeyValueEntry[] ReadEntries(byte[] answer)
    {
        WireReader r = new(answer);
        KeyValueEntry[] entries = new KeyValueEntry[r.Count(3)];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new KeyValueEntry(r.RequiredText(), r.Frame().ToArray(), r.Long());
        }

        return entries;
    }

    private Task<byte[]> AskAsync(NodeRequest kind, byte[] request, CancellationToken cancellationToken) => node.Link!.AskAsync(kind, request, cancellationToken);
}
