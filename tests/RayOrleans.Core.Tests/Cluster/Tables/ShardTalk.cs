namespace RayOrleans.Core.Tests.Cluster.Tables;

/// <summary>The nodes' side of the links of one shard, in one activation after the other.</summary>
internal sealed class ShardTalk
{
    private readonly Dictionary<NodeId, long> _sent = [];
    private readonly Dictionary<NodeId, List<Message>> _heard = [];

    /// <summary>A node tells the shard something.</summary>
    public void Say(TableShard shard, long now, NodeId node, params Message[] messages)
    {
        long number = _sent[node] = _sent.GetValueOrDefault(node) + 1;
        Assert.Equal(BatchVerdict.Applied, shard.OnBatch(new Batch(Party.Of(node), 0, Party.OfShard(0), shard.Epoch, number, messages), now).Kind);
    }

    /// <summary>Everything that the shard has for a node.</summary>
    public List<Message> Heard(TableShard shard, NodeId node)
    {
        while (shard.TakeReadyLinks() is { Count: > 0 } ready)
        {
            foreach (Link link in ready)
            {
                while (shard.TakeBatch(link) is { } batch)
                {
                    _heard.TryAdd(link.To.Node, []);
                    _heard[link.To.Node].AddRange(batch.Messages);
                    shard.OnAnswer(link, batch, new BatchAnswer(BatchVerdict.Applied));
                }
            }
        }

        return _heard.Remove(node, out List<Message>? heard) ? heard : [];
    }

    /// <summary>Another activation takes the shard's place: the nodes' links start anew.</summary>
    public void Restart() => _sent.Clear();
}
