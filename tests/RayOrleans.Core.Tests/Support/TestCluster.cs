namespace RayOrleans.Core.Tests;

/// <summary>Engines with one shard of the tables between them; what they say to each other arrives when the test says so, in order and once.</summary>
internal sealed class TestCluster
{
    private readonly List<(NodeEngine? Node, Link Link)> _ready = [];
    private readonly List<(NodeEngine Node, ObjectEntry Entry)> _fetching = [];
    private readonly List<(NodeEngine? Node, Link Link, Batch Batch)> _heldBack = [];
    private readonly HashSet<NodeEngine> _dead = [];
    private Effect[] _buffer = new Effect[64];

    public TestCluster(int nodes, long storeBytes = long.MaxValue, long? argumentBytes = null)
    {
        Shard = new TableShard(0, 1, new TableOptions { DeadHoldTicks = 0 });
        Nodes = [.. Enumerable.Range(1, nodes).Select(i => new NodeEngine(new EngineOptions
        {
            Resources = new ResourceShape(2 * ResourceAmount.One),
            RetainLineage = true,
            Cluster = new ClusterOptions { Self = new NodeId((UInt128)(uint)i), ShardCount = 1, InlineBytes = 100, StoreBytes = storeBytes, ArgumentBytes = argumentBytes },
        }))];
        foreach (NodeEngine node in Nodes)
        {
            Shard.OnMember(node.Cluster!.Self, isAlive: true, now: 0);
            foreach (NodeEngine other in Nodes)
            {
                other.Cluster!.OnMember(node.Cluster.Self, isAlive: true);
            }
        }

        Job = Nodes[0].Cluster!.StartJob(new JobId(1), new TaskId(9, 1));
        Deliver();
    }

    public TableShard Shard { get; private set; }

    public NodeEngine[] Nodes { get; }

    /// <summary>What nodes wanted to pull; nothing comes of it until the pulls are failed.</summary>
    public List<FetchPlan> Fetches { get; } = [];

    /// <summary>The pulls under way that are wanted for a more pressing reason than they were.</summary>
    public List<FetchPlan> Hurried { get; } = [];

    /// <summary>Which batches are on their way for longer; null: none.</summary>
    public Predicate<Batch>? IsHeldBack { get; set; }

    /// <summary>Which messages never arrive, though what they travel with does; null: all do.</summary>
    public Predicate<Message>? IsLost { get; set; }

    /// <summary>What nodes have asked schedulers last; answered by <see cref="Place"/>.</summary>
    public List<PlacementRequest> Placements { get; } = [];

    /// <summary>A job of the first node.</summary>
    public JobRecord Job { get; }

    /// <summary>Lets everything arrive that was said, and what follows from that.</summary>
    public void Deliver()
    {
        while (TakeReady())
        {
            List<(NodeEngine? Node, Link Link)> ready = [.. _ready];
            _ready.Clear();
            foreach ((NodeEngine? node, Link link) in ready)
            {
                while ((node is null ? Shard.TakeBatch(link) : node.Cluster!.TakeBatch(link)) is { } batch)
                {
                    if (IsHeldBack?.Invoke(batch) == true)
                    {
                        _heldBack.Add((node, link, batch));
                        break;
                    }

                    Arrive(node, link, batch);
                }
            }
        }
    }

    /// <summary>The scheduler answers the last question.</summary>
    public void Place(NodeEngine on)
    {
        PlacementRequest request = Placements[^1];
        Placements.Clear();
        NodeOf(request.From).Cluster!.OnPlaced(request, new PlacementAnswer(request.Task, on.Cluster!.Self));
        Deliver();
    }

    /// <summary>What was held back arrives.</summary>
    public void DeliverHeldBack()
    {
        IsHeldBack = null;
        _heldBack.ForEach(b => Arrive(b.Node, b.Link, b.Batch));
        _heldBack.Clear();
        Deliver();
    }

    /// <summary>The shard's activation is gone, and a node with it; another activation begins with nothing.</summary>
    public void RestartShardWithout(NodeEngine dead)
    {
        Shard = new TableShard(0, Shard.Epoch + 1, new TableOptions { DeadHoldTicks = 0 });
        foreach (NodeEngine node in Nodes)
        {
            Shard.OnMember(node.Cluster!.Self, isAlive: node != dead, now: 0);
            node.Cluster.OnMember(dead.Cluster!.Self, isAlive: false);
        }
    }

    /// <summary>A node is gone, and everybody else hears of it.</summary>
    public void Kill(NodeEngine dead)
    {
        _dead.Add(dead);
        Shard.OnMember(dead.Cluster!.Self, isAlive: false, now: 0);
        foreach (NodeEngine node in Nodes.Where(n => !_dead.Contains(n)))
        {
            node.Cluster!.OnMember(dead.Cluster.Self, isAlive: false);
        }

        Deliver();
    }

    /// <summary>A node's pull of that object succeeds.</summary>
    public ObjectEntry FinishFetch(NodeEngine node, ObjectId id)
    {
        ObjectEntry entry = EndFetch(node, id);
        Deliver();
        return entry;
    }

    /// <summary>A node's pull of that object succeeds, and nobody has heard of it yet.</summary>
    public ObjectEntry EndFetch(NodeEngine node, ObjectId id)
    {
        (NodeEngine Node, ObjectEntry Entry) fetching = _fetching.First(f => f.Node == node && f.Entry.Id == id);
        _fetching.Remove(fetching);
        Assert.True(node.Cluster!.OnFetched(fetching.Entry, fetching.Entry.Version, new object(), fetching.Entry.Size));
        return fetching.Entry;
    }

    /// <summary>There is no room for what that node pulls.</summary>
    public void FindNoRoom(NodeEngine node, ObjectId id)
    {
        (NodeEngine Node, ObjectEntry Entry) fetching = _fetching.First(f => f.Node == node && f.Entry.Id == id);
        _fetching.Remove(fetching);
        node.Cluster!.OnFetchFailed(fetching.Entry, fetching.Entry.Version, "it is full");
        Deliver();
    }

    /// <summary>No pull succeeds.</summary>
    public void FailFetches()
    {
        foreach ((NodeEngine node, ObjectEntry entry) in _fetching)
        {
            node.Cluster!.OnFetchFailed(entry, entry.Version);
        }

        _fetching.Clear();
        Deliver();
    }

    public ObjectEntry Put(NodeEngine node, long size = 10, params ObjectEntry[] contained)
    {
        ObjectEntry entry = new(Job.NextChildId(), ObjectId.PutIndex);
        node.Put(entry, new object(), size, contained.Length == 0 ? null : contained);
        return entry;
    }

    /// <summary>A task of the job's that runs on that node and takes these values.</summary>
    public TaskRecord Submit(NodeEngine on, params ObjectEntry[] inputs)
    {
        TaskRecord task = new(Job.NextChildId(), Job, null, new TaskOptions { Shape = ResourceShape.OneCpu, MaxRetries = 3, Affinity = on.Cluster!.Self })
        {
            Payload = new object(),
            Inputs = inputs.Length == 0 ? null : inputs,
            DependencyCount = inputs.Length,
        };
        Nodes[0].Submit(task);
        Deliver();
        return task;
    }

    public void AssertEmpty()
    {
        Assert.All(Nodes, n => Assert.Equal((0, 0, 0), (n.LiveObjects, n.Cluster!.SharedObjects, n.Cluster.Transits)));
        Assert.Equal((0, 0), (Shard.TaskCount, Shard.HolderCount));
    }

    private void Arrive(NodeEngine? node, Link link, Batch batch)
    {
        Batch arriving = IsLost is null ? batch : batch with { Messages = [.. batch.Messages.Where(m => !IsLost(m))] };
        BatchAnswer answer = link.To.IsShard ? Shard.OnBatch(arriving, now: 0) : NodeOf(link.To.Node).Cluster!.OnBatch(arriving);
        if (node is null)
        {
            Shard.OnAnswer(link, batch, answer);
        }
        else
        {
            node.Cluster!.OnAnswer(link, batch, answer);
        }
    }

    private NodeEngine NodeOf(NodeId id) => Nodes.Single(n => n.Cluster!.Self == id);

    private bool TakeReady()
    {
        foreach (NodeEngine node in Nodes)
        {
            int count = node.TakeEffects(ref _buffer);
            foreach (Effect effect in _buffer.AsSpan(0, count))
            {
                if (effect.Kind == EffectKind.LinkReady)
                {
                    _ready.Add((node, (Link)effect.Subject));
                }
                else if (effect.Kind == EffectKind.Fetch)
                {
                    Fetches.Add((FetchPlan)effect.Extra!);
                    _fetching.Add((node, (ObjectEntry)effect.Subject));
                }
                else if (effect.Kind == EffectKind.Place)
                {
                    Placements.Add((PlacementRequest)effect.Extra!);
                }
                else if (effect.Kind == EffectKind.FetchSooner)
                {
                    Hurried.Add((FetchPlan)effect.Extra!);
                }
                else if (effect.Kind == EffectKind.Fire)
                {
                    ((Watcher)effect.Subject).Fire();
                }
            }
        }

        _ready.AddRange(Shard.TakeReadyLinks().Select(l => ((NodeEngine?)null, l)));
        return _ready.Count > 0;
    }
}
