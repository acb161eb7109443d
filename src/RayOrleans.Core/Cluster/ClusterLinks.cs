namespace RayOrleans.Core;

/// <summary>A node's links to all others, which batch came last from whom, and who is told when a message was answered.</summary>
internal sealed class ClusterLinks(NodeId self, int shardCount, Outbox outbox)
{
    private readonly Dictionary<Party, Link> _links = [];
    private readonly Dictionary<Party, LinkReceiver> _receivers = [];
    private readonly Dictionary<Message, Barrier> _answers = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<NodeId> _alive = [self];
    private readonly HashSet<NodeId> _dead = [];

    /// <summary>The nodes of the cluster, this one included.</summary>
    public IReadOnlyCollection<NodeId> Alive => _alive;

    public int ShardCount => shardCount;

    /// <summary>What shards have not answered yet.</summary>
    public LinkBacklog ShardBacklog { get; } = new();

    /// <summary>What waited for answers and goes on.</summary>
    public BarrierQueue Released { get; } = new();

    public bool IsAlive(NodeId node) => _alive.Contains(node);

    public bool IsDead(NodeId node) => _dead.Contains(node);

    public int ShardOf(TaskId task) => (int)((task.Low ^ (task.High >> 7)) % (ulong)shardCount);

    /// <summary>The shard of the job table that keeps a job.</summary>
    public int ShardOf(JobId job) => (int)((job.Value ^ (job.Value >> 17)) % (ulong)shardCount);

    public void Joined(NodeId node)
    {
        if (!_dead.Contains(node))
        {
            _alive.Add(node);
        }
    }

    /// <summary>Closes the links with a node for good; what was on the way to it is given up.</summary>
    /// <returns>What was never sent.</returns>
    public List<Message> Died(NodeId node)
    {
        _alive.Remove(node);
        _dead.Add(node);
        _receivers.Remove(Party.Of(node));
        Link link = LinkTo(Party.Of(node));
        int sent = link.InFlight?.Messages.Count ?? 0;
        List<Message> lost = link.Restart(0);
        lost.ForEach(Answered);
        link.Close();
        return lost[sent..];
    }

    public void Send(NodeId node, Message message) => Send(Party.Of(node), message);

    public void SendToShardOf(TaskId task, Message message) => Send(Party.OfShard(ShardOf(task)), message);

    /// <summary>Sends, and lets the barrier wait until the receiver has applied it.</summary>
    public void SendToShardOf(TaskId task, Message message, Barrier barrier) => SendToShard(Party.OfShard(ShardOf(task)), message, barrier);

    /// <inheritdoc cref="SendToShardOf(TaskId, Message, Barrier)"/>
    public void SendToShard(Party shard, Message message, Barrier barrier)
    {
        barrier.Add();
        _answers.Add(message, barrier);
        Send(shard, message);
    }

    public void Send(Party to, Message message)
    {
        Link link = LinkTo(to);
        link.Add(message);
        if (!link.IsSignalled && !link.IsClosed)
        {
            link.IsSignalled = true;
            outbox.Add(EffectKind.LinkReady, link);
        }
    }

    public Link LinkTo(Party to)
    {
        if (!_links.TryGetValue(to, out Link? link))
        {
            link = new Link(Party.Of(self), 0, to) { Backlog = to.IsShard ? ShardBacklog : null };
            _links.Add(to, link);
        }

        return link;
    }

    /// <summary>Whoever waited for this message to be applied goes on.</summary>
    public void Answered(Message message)
    {
        if (_answers.Remove(message, out Barrier? barrier))
        {
            barrier.Done();
        }
    }

    /// <summary>Takes the barrier of a message that was lost with a shard's epoch; null when nobody waits for it.</summary>
    public Barrier? TakeBarrier(Message message) => _answers.Remove(message, out Barrier? barrier) ? barrier : null;

    /// <summary>Whether a batch is to be applied, and what its sender is told.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="isNewEpoch">Whether the shard that sent it has started anew since its last batch.</param>
    public bool Accepts(Batch batch, out BatchAnswer answer, out bool isNewEpoch)
    {
        isNewEpoch = false;
        answer = new BatchAnswer(BatchVerdict.Refused);
        if (batch.To != Party.Of(self) || (!batch.From.IsShard && _dead.Contains(batch.From.Node)))
        {
            return false;
        }

        if (!_receivers.TryGetValue(batch.From, out LinkReceiver? receiver) || receiver.Epoch < batch.FromEpoch)
        {
            isNewEpoch = batch.From.IsShard && LinkTo(batch.From).ToEpoch < batch.FromEpoch;
            receiver = new LinkReceiver(batch.FromEpoch);
            _receivers[batch.From] = receiver;
        }
        else if (receiver.Epoch > batch.FromEpoch)
        {
            return false;
        }

        answer = new BatchAnswer(BatchVerdict.Applied);
        return receiver.Accepts(batch);
    }
}
