using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Runtime;

/// <summary>Asks all other nodes at once what they are doing, for a bounded time. Thread-safe.</summary>
internal sealed class StateQuestions(IClusterTransport transport, Func<IReadOnlyCollection<ClusterMember>> members, NodeId self)
{
    /// <summary>What the nodes have answered, and which have not.</summary>
    public async Task<(List<byte[]> Answers, List<NodeId> Silent)> AskAsync(StateKind kind, CancellationToken limit, CancellationToken cancellationToken)
    {
        NodeId[] nodes = [.. members().Select(m => m.NodeId).Where(n => n != self).OrderBy(n => n.Value)];
        byte[]?[] answers = await Task.WhenAll(nodes.Select(n => AskAsync(n, kind, limit))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return ([.. answers.OfType<byte[]>()], [.. nodes.Where((_, i) => answers[i] is null)]);
    }

    /// <summary>Null: it has not answered.</summary>
    private async Task<byte[]?> AskAsync(NodeId node, StateKind kind, CancellationToken limit)
    {
        try
        {
            MemoryStream whole = new();
            long listing = 0;
            int length;
            do
            {
                byte[] answer = await transport.CallNodeAsync(node, StateWire.EncodeRequest(kind, listing, (int)whole.Length)).AsTask().WaitAsync(limit).ConfigureAwait(false);
                (listing, length, ReadOnlyMemory<byte> part) = StateWire.DecodePart(answer);
                if (part.IsEmpty)
                {
                    whole.SetLength(0);
                }

                whole.Write(part.Span);
            }
            while (whole.Length < length || length == 0);
            return whole.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It has died, hangs, or is too slow: the list says that it is missing.
            return null;
        }
    }
}
