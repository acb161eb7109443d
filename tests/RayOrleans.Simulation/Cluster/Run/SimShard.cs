namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>An activation of a shard of the tables.</summary>
internal sealed class SimShard : Host, IBatchSender, IBatchReceiver
{
    private readonly ClusterWorld _world;
    private readonly Dictionary<Link, Drainer> _drainers = [];
    private readonly Dictionary<ObjectId, SimTakeover> _takeovers = [];
    private readonly SimLineage _lineage;
    private readonly SpecChecks _specs;

    public SimShard(ClusterWorld world, int index, long epoch)
        : base(world, $"shard {index}")
    {
        _world = world;
        Number = 100 + index;
        Machine = new TableShard(index, epoch, new TableOptions { DeadHoldTicks = world.Limits.DeadHoldTicks, LineageBytes = SimLineage.BytesOf(index) });
        _lineage = new SimLineage(world, Machine);
        _specs = new SpecChecks(this);
    }

    public TableShard Machine { get; }

    /// <summary>What it has put aside and somebody may still need.</summary>
    public int SpecsAside => _lineage.Live;

    public Host Host => this;

    /// <summary>The nodes that it has closed its links to have nothing to say here.</summary>
    public BatchAnswer OnBatch(Batch batch)
    {
        TakeoverChecks.Told(_takeovers, batch);
        _world.Note("gets batch", Number, (int)batch.Number, batch.Messages.Count, batch);
        BatchAnswer answer = Machine.OnBatch(batch, _world.Now);
        if (DeadSeen.Contains(batch.From.Node) && answer.Kind != BatchVerdict.Refused)
        {
            throw new ViolationException($"{Name} answers {answer.Kind} to {batch.From}, which was declared dead");
        }

        if (answer.Kind == BatchVerdict.Applied)
        {
            _specs.Told(batch);
        }

        if (answer.Kind == BatchVerdict.OtherEpoch)
        {
            _world.Coverage.Hit("other epoch");
        }

        return answer;
    }

    public Batch? TakeBatch(Link link) => Machine.TakeBatch(link);

    public void OnAnswer(Link link, Batch batch, BatchAnswer answer) => Machine.OnAnswer(link, batch, answer);

    public void Observe(Batch batch)
    {
        TakeoverChecks.Tells(_takeovers, batch);
        _specs.Tells(batch);
        foreach (Message message in batch.Messages)
        {
            _world.Coverage.Hit(message.GetType().Name);
        }
    }

    public void StartTicking() => Run(_world.Rng.Next(_world.Limits.TickEvery), Tick, isBackground: true);

    protected override void ApplyMember(NodeId node, bool isAlive) => Machine.OnMember(node, isAlive, _world.Now);

    protected override void Settle()
    {
        if (Machine.CheckIndex() is { } wrong)
        {
            throw new ViolationException($"{Name}: {wrong}");
        }

        _specs.Settled();
        _lineage.Flush();
        foreach (Link link in Machine.TakeReadyLinks())
        {
            Run(_world.Rng.Next(4), () => DrainerOf(link).Signal());
        }
    }

    private void Tick()
    {
        Machine.Tick(_world.Now);
        Run(_world.NextTick(), Tick, isBackground: true);
    }

    private Drainer DrainerOf(Link link)
    {
        if (!_drainers.TryGetValue(link, out Drainer? drainer))
        {
            drainer = new Drainer(_world, this, link);
            _drainers.Add(link, drainer);
        }

        return drainer;
    }
}
