using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// At the node of a driver or a worker: puts what the process publishes, a driver's program or files of an environment, into the cluster's function table, a content at a time, from the
/// pieces in which it comes.
/// </summary>
internal sealed class CodePieces(ICodeSource table)
{
    private readonly Lock _lock = new();
    private ContentHash _hash;
    private byte[] _content = [];
    private int _received;

    /// <summary>Whether the cluster has a content.</summary>
    public async ValueTask<byte[]> HasAsync(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ContentHash hash = HashOf(ref r);
        return [await table.HasAsync(hash, r.Int(), CancellationToken.None).ConfigureAwait(false) ? (byte)1 : (byte)0];
    }

    /// <summary>Takes the next piece of a content, and publishes it when it is complete.</summary>
    /// <exception cref="SessionProtocolException">The pieces do not fit together, or are not what they are said to be.</exception>
    public async ValueTask<byte[]> TakeAsync(ReadOnlyMemory<byte> request)
    {
        if (Add(request) is { } content)
        {
            ContentHash hash = ContentHash.Of(content);
            if (hash != _hash)
            {
                throw new SessionProtocolException($"The content {_hash} came damaged: its hash is {hash}.");
            }

            await table.PublishAsync(hash, content, null, CancellationToken.None).ConfigureAwait(false);
        }

        return [];
    }

    private byte[]? Add(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ContentHash hash = HashOf(ref r);
        int total = r.Int();
        int offset = r.Int();
        ReadOnlyMemory<byte> piece = r.Frame();
        lock (_lock)
        {
            if (offset == 0 && total >= 0)
            {
                // Pages are touched as they are written, so a length that is not true costs nothing.
                (_hash, _content, _received) = (hash, GC.AllocateUninitializedArray<byte>(total), 0);
            }

            if (hash != _hash || offset != _received || total != _content.Length || piece.Length > total - offset)
            {
                throw new SessionProtocolException($"A piece of the content {hash} at {offset} of {total} does not follow the one before.");
            }

            piece.CopyTo(_content.AsMemory(offset));
            _received += piece.Length;
            if (_received < total)
            {
                return null;
            }

            byte[] content = _content;
            _content = [];
            _received = 0;
            return content;
        }
    }

    private static ContentHash HashOf(ref WireReader r) =>
        ContentHash.TryParse(r.RequiredText(), out ContentHash hash) ? hash : throw new SessionProtocolException("That is no hash of a content.");
}
