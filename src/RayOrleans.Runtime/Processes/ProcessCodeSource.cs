using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Processes;

/// <summary>The function table as a process of a node sees it: through its node.</summary>
internal sealed class ProcessCodeSource(NodeServices node) : ICodeSource
{
    public async ValueTask<byte[]?> FetchAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        WireWriter w = WireWriter.Borrow();
        w.Text(hash.ToString());
        byte[] content = await node.Link!.AskAsync(NodeRequest.Code, WireForm.Finish(w), cancellationToken).ConfigureAwait(false);
        return content.Length == 0 ? null : content;
    }

    public ValueTask PublishAsync(ContentHash hash, ReadOnlyMemory<byte> content, int? shard, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A worker process has no program of its own to publish.");
}
