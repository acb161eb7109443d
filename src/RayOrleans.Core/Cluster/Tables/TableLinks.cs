namespace RayOrleans.Core;

/// <summary>A shard's links to the nodes.</summary>
internal sealed class TableLinks(int shard, long epoch)
{
    private readonly Dictionary<NodeId, Link> _links = [];
    private readonly Dictionary<NodeId, LinkReceiver> _receivers = [];
    private readonly HashSet<NodeId> _alive = [];
    private readonly HashSet<NodeId> _dead = [];
    private readonly List<Link> _ready = [];

    public long Epoch => epoch;

    public bool IsDead(NodeId node) => _dead.Contains(node);

    public bool IsAlive(NodeId node) => node != NodeId.None && !_dead.Contains(node);

    /// <summary>Whether the membership has said that it is there.</summary>
    public bool IsMember(NodeId node) => _alive.Contains(node);

    /// <summary>The living node with the lowest id; none: there is none.</summary>
    public NodeId First => _alive.Count == 0 ? NodeId.None : _alive.MinBy(n => n.Value);

    /// <summary>The living nodes, in the order of their ids.</summary>
    public List<NodeId> Members => [.. _alive.OrderBy(n => n.Value)];

    /// <summary>How many nodes there are.</summary>
    public int MemberCount => _alive.Count;

    /// <summary>The living node after that one, in the order of their ids and then from the beginning, of those that will do; none: there is none.</summary>
    public NodeId Next(NodeId last, Predicate<NodeId> mayBe)
    {
        NodeId first = NodeId.None;
        NodeId next = NodeId.None;
        foreach (NodeId node in _alive)
        {
            if (!mayBe(node))
            {
                continue;
            }

            if (first == NodeId.None || node.Value < first.Value)
            {
                first = node;
            }

            if (node.Value > last.Value && (next == NodeId.None || node.Value < next.Value))
            {
                next = node;
            }
        }

        return next == NodeId.None ? first : next;
    }

    /// <summary>True: it is new.</summary>
    public bool Joined(NodeId node) => !_dead.Contains(node) && _alive.Add(node);

    /// <summary>False: it was known to be dead.</summary>
    public bool Died(NodeId node)
    {
        if (!_dead.Add(node))
        {
            return false;
        }

        _alive.Remove(node);
        _receivers.Remove(node);
        if (_links.TryGetValue(node, out Link? link))
        {
            link.Close();
        }

        return true;
    }

    /// <summary>The nodes that are dead, and what came last from the others.</summary>
    public (List<NodeId> Dead, List<KeyValuePair<NodeId, long>> Received, List<NodeId> Alive) Snapshot() =>
        ([.. _dead.OrderBy(n => n.Value)],
        [.. _receivers.Select(r => KeyValuePair.Create(r.Key, r.Value.Last)).OrderBy(r => r.Key.Value)],
        [.. _alive.OrderBy(n => n.Value)]);

    public void Restore(TableSnapshot snapshot)
    {
        _dead.UnionWith(snapshot.Dead);
        _alive.UnionWith(snapshot.Alive);
        foreach ((NodeId node, long last) in snapshot.Received)
        {
            _receivers.Add(node, new LinkReceiver(0) { Last = last });
        }
    }

    public void Send(NodeId node, Message message)
    {
        if (_dead.Contains(node))
        {
            return;
        }

        if (!_links.TryGetValue(node, out Link? link))
        {
            link = new Link(Party.OfShard(shard), epoch, Party.Of(node));
            _links.Add(node, link);
        }

        link.Add(message);
        if (!link.IsSignalled)
        {
            link.IsSignalled = true;
            _ready.Add(link);
        }
    }

    public List<Link> TakeReady()
    {
        List<Link> ready = [.. _ready];
        _ready.Clear();
        return ready;
    }

    public bool Accepts(Batch batch, out BatchAnswer answer)
    {
        NodeId from = batch.From.Node;
        answer = new BatchAnswer(BatchVerdict.Refused, epoch);
        if (_dead.Contains(from) || batch.To != Party.OfShard(shard))
        {
            return false;
        }

        if (batch.ToEpoch != epoch)
        {
            answer = new BatchAnswer(BatchVerdict.OtherEpoch, epoch);
            return false;
        }

        if (!_receivers.TryGetValue(from, out LinkReceiver? receiver))
        {
            receiver = new LinkReceiver(0);
            _receivers.Add(from, receiver);
        }

        answer = new BatchAnswer(BatchVerdict.Applied, epoch);
        return receiver.Accepts(batch);
    }
}
