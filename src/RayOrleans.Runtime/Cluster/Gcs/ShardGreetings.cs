using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// Makes every node speak to this activation of a shard. Nothing may be concluded before each node has told again what it knows, and a node with nothing
/// new to say would not notice that the shard has started anew. A greeting is an empty batch with the number 0, which no link gives: the
/// node sees the epoch and tells its part. Greeted are nodes not heard from, at once and then with each tick.
/// </summary>
internal sealed class ShardGreetings(int shard, long epoch, BatchCodec codec, IClusterTransport transport)
{
    private readonly Lock _lock = new();
    private readonly HashSet<NodeId> _silent = [];
    private readonly HashSet<NodeId> _heard = [];
    private readonly HashSet<NodeId> _greeted = [];

    /// <summary>The nodes that have not been heard from in this epoch.</summary>
    public int Silent
    {
        get
        {
            lock (_lock)
            {
                return _silent.Count;
            }
        }
    }

    public void OnMember(NodeId node, bool isAlive)
    {
        lock (_lock)
        {
            if (!isAlive)
            {
                _silent.Remove(node);
                _heard.Remove(node);
            }
            else if (!_heard.Contains(node))
            {
                _silent.Add(node);
            }
        }
    }

    /// <summary>A batch came: one for this epoch says that its node knows of it.</summary>
    public void OnBatch(Batch batch)
    {
        if (batch.ToEpoch == epoch)
        {
            lock (_lock)
            {
                // It may come before the word that the node is there, and that word more than once.
                _silent.Remove(batch.From.Node);
                _heard.Add(batch.From.Node);
            }
        }
    }

    /// <summary>Greets those who are silent and were not greeted just now.</summary>
    public void Greet()
    {
        List<NodeId>? nodes = null;
        lock (_lock)
        {
            foreach (NodeId node in _silent)
            {
                if (_greeted.Add(node))
                {
                    (nodes ??= []).Add(node);
                }
            }
        }

        foreach (NodeId node in nodes ?? [])
        {
            _ = GreetAsync(node);
        }
    }

    private async Task GreetAsync(NodeId node)
    {
        try
        {
            await transport.CallNodeAsync(node, codec.Encode(new Batch(Party.OfShard(shard), epoch, Party.Of(node), 0, 0, []))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It is greeted again with the next tick, until it answers or is declared dead.
            Failures++;
        }
        finally
        {
            lock (_lock)
            {
                _greeted.Remove(node);
            }
        }
    }

    /// <summary>Greetings that did not arrive.</summary>
    public long Failures { get; private set; }
}
