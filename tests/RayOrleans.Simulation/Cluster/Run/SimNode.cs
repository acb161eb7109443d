namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A node: its engine, what runs on it, and the books that checkers keep of it.</summary>
internal sealed class SimNode : Host, IBatchSender, IBatchReceiver
{
    private readonly ClusterWorld _world;
    private readonly Dictionary<Link, Drainer> _drainers = [];
    private Effect[] _effects = new Effect[64];
    private bool _isStartDue;

    public SimNode(ClusterWorld world, int number, EngineOptions options)
        : base(world, $"node {number}")
    {
        _world = world;
        Number = number;
        Id = options.Cluster!.Self;
        Engine = new NodeEngine(options);
        Machine = Engine.Cluster!;
        Resources = new ResourceModel(options.Resources);
        Bodies = new NodeBodies(world, this);
    }

    public NodeId Id { get; }

    public NodeEngine Engine { get; }

    public ClusterMachine Machine { get; }

    public ResourceModel Resources { get; }

    public NodeBodies Bodies { get; }

    public Host Host => this;

    /// <summary>Whether the membership has said that it is dead.</summary>
    public bool IsDeclaredDead { get; set; }

    /// <summary>Whether nothing on it has to be right any more.</summary>
    public bool HasFailed => IsCrashed || IsDeclaredDead;

    /// <summary>How many batches with something of weight it sends before it crashes; 0: it does not.</summary>
    public int CrashesAfterBatches { get; set; }

    /// <summary>How many tasks were admitted, with their arguments, before the step that is being made.</summary>
    public int AdmittedBefore { get; private set; }

    /// <summary>How many had been admitted by then, ever.</summary>
    public long AdmissionsBefore { get; private set; }

    /// <summary>Blobs in its store.</summary>
    public HashSet<SimCopy> Copies { get; } = [];

    public override void Crash()
    {
        if (IsCrashed)
        {
            return;
        }

        base.Crash();
        _world.Note("crashes", Number);
        _world.NodeFailed();
        if (!IsDeclaredDead)
        {
            // A broken connection may be enough to know.
            _world.Timeline.After(1 + _world.Rng.Next(_world.Rng.Chance(50) ? 20 : _world.Limits.DetectAfter), () => _world.Membership.DeclareDead(this));
        }
    }

    /// <summary>A node is asked what is so now and then, and tells how it does.</summary>
    public void StartTicking() => Run(_world.Rng.Next(_world.Limits.TickEvery), Tick, isBackground: true);

    public Batch? TakeBatch(Link link) => Machine.TakeBatch(link);

    public void OnAnswer(Link link, Batch batch, BatchAnswer answer) => Machine.OnAnswer(link, batch, answer);

    public void Observe(Batch batch)
    {
        if (CrashesAfterBatches > 0 && batch.Messages.Any(m => m is CompletedMessage or ExecuteMessage or PublishMessage) && --CrashesAfterBatches == 0)
        {
            _world.Coverage.Hit("crash after sending");
            Run(1 + _world.Rng.Next(_world.Limits.LinkDelay), Crash);
        }

        foreach (ExecuteMessage execute in batch.Messages.OfType<ExecuteMessage>())
        {
            ClusterTask task = (ClusterTask)execute.Spec.Payload!;
            if (execute.Hops > 1)
            {
                _world.Coverage.Hit("sent on");
            }

            if (execute.Hops > ClusterWorld.MaxHops && task.Kind == TaskKind.Normal && Engine.Resources.IsFeasible(task.Code.Options.Shape))
            {
                throw new ViolationException($"node {Number} sends {task.Id} on for the {execute.Hops}th time, and could run it");
            }

            task.SeenAttempts.Add(execute.Attempt);
            CheckKept(execute);
            if (execute.Kept.Count > 0)
            {
                _world.Coverage.Hit("results kept");
                _world.Faults.OnKept(this, execute);
            }

            if (execute.Kept.Contains(0))
            {
                task.AttemptsWithoutResult.Add(execute.Attempt);
            }

            task.Senders[execute.Attempt] = this;
        }
    }

    /// <summary>An attempt that is repeated for what was lost leaves alone what is there.</summary>
    private void CheckKept(ExecuteMessage execute)
    {
        if (execute.Attempt == 0 || execute.Spec.Kind != TaskKind.Normal || execute.Spec.IsStream)
        {
            return;
        }

        foreach (ObjectEntry entry in Engine.Entries().Where(e => e.Id.Task == execute.Spec.Id && e.Status is ObjectStatus.Available or ObjectStatus.Remote))
        {
            if (!execute.Kept.Contains(entry.Id.Index) && entry is not TaskRecord { Parts: not null })
            {
                throw new ViolationException($"node {Number} has {execute.Spec.Id} run again for what was lost, and would have {entry.Id} replaced, which is {entry.Status}");
            }
        }
    }

    public BatchAnswer OnBatch(Batch batch)
    {
        _world.Note("gets batch", Number, (int)batch.Number, batch.Messages.Count, batch);
        if (_world.Limits.LosesJobEnds && batch.Messages.Any(m => m is JobEndedMessage))
        {
            _world.Coverage.Hit("word of a job's end lost");
            batch = batch with { Messages = [.. batch.Messages.Where(m => m is not JobEndedMessage)] };
        }

        BatchAnswer answer = Machine.OnBatch(batch);
        if (!batch.From.IsShard && DeadSeen.Contains(batch.From.Node))
        {
            _world.Coverage.Hit("batch of a dead node");
            if (answer.Kind != BatchVerdict.Refused || Engine.EffectCount > 0)
            {
                throw new ViolationException($"node {Number} answers {answer.Kind} to {batch.From}, which was declared dead, and has {Engine.EffectCount} effects");
            }
        }

        return answer;
    }

    protected override void ApplyMember(NodeId node, bool isAlive) => Machine.OnMember(node, isAlive);

    protected override void Settle()
    {
        while (Engine.EffectCount > 0)
        {
            int count = Engine.TakeEffects(ref _effects);
            for (int i = 0; i < count; i++)
            {
                // Bookkeeping first; what follows happens later.
                Observe(in _effects[i]);
            }

            Array.Clear(_effects, 0, count);
        }

        AdmittedBefore = Machine.Arguments.Admitted;
        AdmissionsBefore = Machine.ArgumentAdmissions;

        Resources.Compare(Engine.Resources);
        if (!_isStartDue && Engine.Startable(1) > 0)
        {
            _isStartDue = true;
            Run(_world.Rng.Next(4), Start);
        }
    }

    private void Start()
    {
        _isStartDue = false;
        if (Engine.TryStart() is { } attempt)
        {
            Bodies.Begin(attempt);
        }
    }

    private void Tick()
    {
        Engine.Tick(_world.Now);
        ArgumentChecks.Check(_world, this);
        if (!_world.IsEmptying)
        {
            _world.Schedulers.OnHeartbeat(this, Machine.Load());
        }

        Run(_world.NextTick(), Tick, isBackground: true);
    }

    private void Observe(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Fire:
                NodeWatcher watcher = (NodeWatcher)effect.Subject;
                watcher.Fire();
                Run(_world.Rng.Next(5), () => Bodies.OnFired(watcher));
                break;
            case EffectKind.Discard:
                Discard((SimCopy)effect.Subject);
                break;
            case EffectKind.StopActor:
                Stop((SimActorInstance)effect.Extra!);
                break;
            case EffectKind.CancelAttempt:
                Bodies.OnCancelled((Attempt)effect.Subject);
                break;
            case EffectKind.LinkReady:
                Link link = (Link)effect.Subject;
                Run(_world.Rng.Next(4), () => DrainerOf(link).Signal());
                break;
            case EffectKind.Place:
                _world.Schedulers.Ask(this, (PlacementRequest)effect.Extra!);
                break;
            case EffectKind.Keep:
                ((SimCopy)effect.Extra!).IsKept = true;
                break;
            case EffectKind.Fetch:
                _world.Pulls.Start(this, (ObjectEntry)effect.Subject, (FetchPlan)effect.Extra!);
                break;
            case EffectKind.FetchSooner:
                _world.Pulls.Raise(this, (FetchPlan)effect.Extra!);
                break;
            default:
                break;
        }
    }

    private void Stop(SimActorInstance instance)
    {
        if (instance.Node != this || instance.IsStopped || instance.Running is not null)
        {
            throw new ViolationException($"node {Number} stops an actor's object {(instance.IsStopped ? "twice" : instance.Running is { } body ? $"under {body}" : $"of node {instance.Node.Number}")}");
        }

        _world.Coverage.Hit("actor stopped");
        instance.IsStopped = true;
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

    public SimCopy MakeCopy(SimBlob blob)
    {
        SimCopy copy = new(this, blob);
        Copies.Add(copy);
        return copy;
    }

    public void Discard(SimCopy copy)
    {
        if (copy.Node != this || copy.IsDiscarded)
        {
            throw new ViolationException($"node {Number} discards a copy of {copy.Blob.Id} {(copy.IsDiscarded ? "twice" : $"of node {copy.Node.Number}")}");
        }

        copy.IsDiscarded = true;
        Copies.Remove(copy);
    }
}
