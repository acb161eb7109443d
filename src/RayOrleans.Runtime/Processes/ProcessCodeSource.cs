using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Processes;

/// <summary>The function table as a process of a node sees it: through its node.</summary>
internal sealed class ProcessCodeSource(NodeServices node) : ICodeSource
{
    /// <summary>How much of a content goes in one question.</summary>
    private const int PieceBytes = 4 << 20;

    // The node takes one content at a time.
    private readonly SemaphoreSlim _publishing = new(1);

    public async ValueTask<byte[]?> FetchAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        WireWriter w = WireWriter.Borrow();
        w.Text(hash.ToString());
        byte[] content = await node.Link!.AskAsync(NodeRequest.Code, WireForm.Finish(w), cancellationToken).ConfigureAwait(false);
        return content.Length == 0 ? null : content;
    }

    /// <inheritdoc/>
    /// <remarks>The shards are the node's business: a driver publishes whole contents.</remarks>
    public async ValueTask PublishAsync(ContentHash hash, ReadOnlyMemory<byte> content, int? shard, CancellationToken cancellationToken)
    {
        await _publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!await HasAsync(hash, content.Length, cancellationToken).ConfigureAwait(false))
            {
                await SendAsync(hash, content, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _publishing.Release();
        }
    }

    private async Task SendAsync(ContentHash hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (int offset = 0; offset < content.Length || offset == 0; offset += PieceBytes)
        {
            WireWriter w = WireWriter.Borrow();
            w.Text(hash.ToString());
            w.Int(content.Length);
            w.Int(offset);
            w.Bytes(content.Span.Slice(offset, Math.Min(PieceBytes, content.Length - offset)));
            await node.Link!.AskAsync(NodeRequest.CodePublish, WireForm.Finish(w), cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<bool> HasAsync(ContentHash hash, int length, CancellationToken cancellationToken)
    {
        WireWriter w = WireWriter.Borrow();
        w.Text(hash.ToString());
        w.Int(length);
        return await node.Link!.AskAsync(NodeRequest.CodeHas, WireForm.Finish(w), cancellationToken).ConfigureAwait(false) is [1];
    }
}
