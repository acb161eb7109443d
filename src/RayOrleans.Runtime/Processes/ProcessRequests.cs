using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Processes;

/// <summary>Answers what the processes of a node ask beside their sessions. Thread-safe.</summary>
internal sealed class ProcessRequests(NodeServices node)
{
    /// <param name="job">The job that the process works for.</param>
    /// <param name="kind">What it asks.</param>
    /// <param name="request">The question.</param>
    public async ValueTask<byte[]> ServeAsync(JobId job, NodeRequest kind, ReadOnlyMemory<byte> request)
    {
        switch (kind)
        {
            case NodeRequest.Code:
                return ContentHash.TryParse(KeyOf(request), out ContentHash hash)
                    ? await node.Contents.FetchAsync(hash, CancellationToken.None).ConfigureAwait(false) ?? []
                    : [];
            case NodeRequest.KeyGet:
                return Entries(await node.Kv.GetAsync(KeyOf(request)).ConfigureAwait(false) is { } entry ? [entry] : []);
            case NodeRequest.KeyList:
                return Entries(await node.Kv.ListAsync(KeyOf(request)).ConfigureAwait(false));
            case NodeRequest.KeyPut:
                (string put, ReadOnlyMemory<byte> value, _) = Write(request);
                return Number(await node.Kv.PutAsync(put, value).ConfigureAwait(false));
            case NodeRequest.KeyTryPut:
                (string tried, ReadOnlyMemory<byte> next, long expected) = Write(request);
                return Number(await node.Kv.TryPutAsync(tried, next, expected).ConfigureAwait(false) ?? -1);
            case NodeRequest.KeyDelete:
                (string deleted, _, long version) = Write(request);
                return Number(await node.Kv.DeleteAsync(deleted, version < 0 ? null : version).ConfigureAwait(false) ? 1 : 0);
            case NodeRequest.State:
                return await ProcessListings.ListAsync(node, (ProcessStateKind)request.Span[0]).ConfigureAwait(false);
            case NodeRequest.GroupCreate:
                return await NodeAnswer.OfAsync(node, async () =>
                {
                    GroupQuestion group = NodeAnswer.Read<GroupQuestion>(node, request);
                    return (await node.PlacementGroups.CreateAsync(job, [.. group.Bundles.Select(b => b.ToBundle())], group.Strategy, group.Name).ConfigureAwait(false)).Id;
                }).ConfigureAwait(false);
            case NodeRequest.GroupReady:
                return await NodeAnswer.OfAsync(node, async () =>
                {
                    (PlacementGroupId id, TimeSpan? timeout) = NodeAnswer.Read<(PlacementGroupId, TimeSpan?)>(node, request);
                    await node.PlacementGroups.Of(id).ReadyAsync(id, timeout, CancellationToken.None).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
            case NodeRequest.GroupRemove:
                return await NodeAnswer.OfAsync(node, async () =>
                {
                    PlacementGroupId id = NodeAnswer.Read<PlacementGroupId>(node, request);
                    await node.PlacementGroups.Of(id).RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
            default:
                throw new SessionProtocolException($"Request {(byte)kind} is not known.");
        }
    }

    private static string KeyOf(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        return r.RequiredText();
    }

    private static (string Key, ReadOnlyMemory<byte> Value, long Version) Write(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        return (r.RequiredText(), r.Frame(), r.Long());
    }

    private static byte[] Number(long value)
    {
        WireWriter w = WireWriter.Borrow();
        w.Int(value);
        return WireForm.Finish(w);
    }

    private static byte[] Entries(IReadOnlyList<KeyValueEntry> entries)
    {
        WireWriter w = WireWriter.Borrow();
        w.Count(entries.Count);
        foreach (KeyValueEntry entry in entries)
        {
            w.Text(entry.Key);
            w.Bytes(entry.Value.Span);
            w.Int(entry.Version);
        }

        return WireForm.Finish(w);
    }
}
