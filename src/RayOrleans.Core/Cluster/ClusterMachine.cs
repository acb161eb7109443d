namespace RayOrleans.Core;

/// <summary>
/// One node among others: what is sent and received, who is there, and whom each message concerns (ARCHITECTURE, "Several nodes").
/// Part of a <see cref="NodeEngine"/>: the caller guards every member by the engine's lock.
/// </summary>
public sealed class ClusterMachine
{
    private readonly ClusterOptions _options;
    private readonly EngineCommands _engine;
    private readonly ObjectTable _objects;
    private readonly ClusterLinks _links;
    private readonly SharedTable _shared;
    private readonly SharedValues _values;
    private readonly ObjectFetches _fetches;
    private readonly TaskForwarder _forwarder;
    private readonly ForeignTasks _foreign;
    private readonly TaskPlacement _placement;
    private readonly RemoteTasks _remote;
    private readonly JobTable _jobs;
    private readonly RemoteActors _actors;
    private readonly ShardRestarts _restarts;
    private readonly Adoption _adoption;
    private readonly NamedHandles _named;
    private readonly Replicas _replicas;
    private readonly StateReceiver _states;
    private readonly TableOrders _orders;
    private readonly OwnerWishes _wishes;
    private long _ticks;

    internal ClusterMachine(
        ClusterOptions options, ObjectTable objects, TaskMachine tasks, ActorMachine actors, ResourceLedger ledger, Dispatcher dispatcher, RebuildMachine rebuild, Outbox outbox,
        EngineCommands engine)
    {
        _options = options;
        _engine = engine;
        _objects = objects;
        _links = new ClusterLinks(options.Self, options.ShardCount, outbox);
        _jobs = new JobTable(_links, options, outbox) { Ending = engine.EndJob };
        _shared = new SharedTable(options, _links, objects) { Jobs = _jobs };
        objects.Arguments = new ArgumentAdmission(options.ArgumentBytes ?? Math.Max(1, options.StoreBytes / 2), objects.InputsSettled);
        Publications publications = new(_links, _shared);
        _fetches = new ObjectFetches(_links, objects, _shared, publications, outbox);
        _forwarder = new TaskForwarder(options, _links, objects, _shared, publications, tasks, outbox);
        _foreign = new ForeignTasks(options, _links, objects, _shared, publications, tasks);
        _actors = new RemoteActors(options, _links, _shared, _forwarder, _foreign, tasks, actors);
        _placement = new TaskPlacement(options, _links, objects, ledger, dispatcher, tasks, _forwarder, _actors);
        _remote = new RemoteTasks(_links, ledger, tasks, _forwarder, _foreign, _placement, _actors);
        _restarts = new ShardRestarts(_links, _shared, publications, _jobs, outbox);
        _adoption = new Adoption(options, _links, objects, _shared, publications, tasks, _actors);
        _replicas = new Replicas(options, _links, objects, _shared, publications, _fetches);
        _values = new SharedValues(_links, objects, _shared, publications, _fetches, _replicas);
        _named = new NamedHandles(options, _links, objects, _shared, publications, tasks, actors);
        _states = new StateReceiver(options, objects, _shared, _fetches, _replicas, _actors, _named);
        _orders = new TableOrders(_links, objects, _shared, publications, _restarts, rebuild);
        _wishes = new OwnerWishes(_links, _shared, tasks, _forwarder, _actors, engine);
        Tasks = new TaskCluster(objects, tasks, publications, _fetches, _placement, _forwarder, _foreign, _actors, engine.Pump);
        actors.Remote = _actors;
        tasks.Cluster = Tasks;
        _shared.FindForwarded = _forwarder.Find;
        _shared.MakeProxy = _actors.MakeProxy;
        _shared.DropProxy = _actors.DropProxy;
        objects.Shared = _shared;
        objects.SharedSettled = _values.OnSettled;
        objects.AnyTakenAway = true;
    }

    /// <summary>The node's id.</summary>
    public NodeId Self => _options.Self;

    /// <summary>The nodes that are in the cluster, as far as this one was told; itself included.</summary>
    public IReadOnlyCollection<NodeId> Nodes => _links.Alive;

    /// <summary>What this node has told shards and they have not answered: they keep it first, so it grows while their storage is away.</summary>
    public LinkBacklog ShardBacklog => _links.ShardBacklog;

    /// <summary>Objects that other nodes know too.</summary>
    public int SharedObjects => _shared.Count;

    /// <summary>Tasks of other nodes that have not ended here.</summary>
    public int ForeignTasks => _foreign.Count;

    /// <summary>Tasks that wait for arguments to be pulled.</summary>
    public ArgumentTotals Arguments => _objects.Arguments!.Totals;

    /// <summary>How many of them were admitted so far.</summary>
    public long ArgumentAdmissions => _objects.Arguments!.Admissions;

    /// <summary>Own tasks that are elsewhere, or on their way.</summary>
    public int ForwardedTasks => _forwarder.Count;

    /// <summary>Outcomes whose references are held until they have arrived.</summary>
    public int Transits => _foreign.TransitCount;

    /// <summary>How long tasks run here, on average, in the runtime's ticks; told by the runtime.</summary>
    public double AverageTaskTicks
    {
        get => _placement.AverageTaskTicks;
        set => _placement.AverageTaskTicks = value;
    }

    /// <summary>The bandwidth of pulls, on average, in bytes per tick; told by the runtime.</summary>
    public double BytesPerTick
    {
        get => _placement.BytesPerTick;
        set => _placement.BytesPerTick = value;
    }

    /// <summary>The other nodes, as the task machine sees them.</summary>
    internal ITaskCluster Tasks { get; }

    internal RemoteActors Actors => _actors;

    internal NamedHandles Named => _named;

    /// <summary>
    /// Makes an actor that is to have a name known here and to the object table. It is not constructed before <see cref="NodeEngine.StartActor"/>: nobody
    /// may find the name before the table has the record.
    /// </summary>
    /// <param name="actor">The actor.</param>
    /// <param name="creation">The task that constructs it; held once for the caller.</param>
    /// <param name="published">Fires when the table has it.</param>
    public void Announce(ActorRecord actor, TaskRecord creation, Watcher published) => _named.Announce(actor, creation, published);

    /// <summary>Has two nodes keep a copy each of a value that was put here, in this node's store, and others in their place when they die.</summary>
    /// <param name="entry">The object, held by the caller.</param>
    /// <returns>What settles once two nodes do; null: there is no other node, and one that joins will keep it.</returns>
    public ObjectEntry? Replicate(ObjectEntry entry)
    {
        ObjectEntry? ticket = _replicas.Begin(entry);
        Pump();
        return ticket;
    }

    /// <summary>What others need to make a handle.</summary>
    public RemoteRef Export(TaskRecord creation) => _shared.RefOf(creation);

    /// <summary>Makes a handle of what a name says, which may be gone.</summary>
    /// <param name="reference">What <see cref="Export"/> gave on another node, or on this.</param>
    /// <param name="answered">Fires when it is known whether the actor is there: it is unless it is dead then.</param>
    /// <returns>The entry that the handle holds, held once for the caller; null: the actor is gone.</returns>
    public TaskRecord? Seek(RemoteRef reference, Watcher answered) => _named.Seek(reference, answered);

    /// <summary>The jobs that this node has heard of, its own included.</summary>
    public IReadOnlyCollection<JobRecord> Jobs => _jobs.All;

    /// <summary>Makes the job of a driver on this node. The job table is told once the driver does something, or by <see cref="AnnounceJob"/>.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="root">The id that stands for the driver as a parent.</param>
    /// <param name="about">What the table is told of it; null: its id.</param>
    public JobRecord StartJob(JobId id, TaskId root, JobReport? about = null)
    {
        JobRecord job = new(id, root) { Driver = Self };
        job.Report = (about ?? job.Report) with { Job = id, Driver = Self, Status = JobStatus.Running };
        _jobs.Add(job);
        return job;
    }

    /// <summary>Tells the job table of a job of this node's driver, before it does anything.</summary>
    public void AnnounceJob(JobRecord job) => _jobs.Announce(job);

    /// <summary>The next batch of a link; null while one is in flight, or when there is nothing to send.</summary>
    public Batch? TakeBatch(Link link) => link.TryTake();

    /// <summary>The answer to a batch.</summary>
    public void OnAnswer(Link link, Batch batch, BatchAnswer answer)
    {
        if (!ReferenceEquals(link.InFlight, batch))
        {
            return;
        }

        switch (answer.Kind)
        {
            case BatchVerdict.Applied:
                link.Answered();
                foreach (Message message in batch.Messages)
                {
                    OnApplied(message);
                }

                break;
            case BatchVerdict.OtherEpoch when answer.Epoch > link.ToEpoch:
                _restarts.Restart(link, answer.Epoch);
                break;
            case BatchVerdict.OtherEpoch:
                // An activation that has been given up: the drainer sends the batch again (Link.IsToResend).
                break;
            case BatchVerdict.Refused:
                // The membership will say why; until then nothing more is sent there.
                break;
        }

        Pump();
    }

    /// <summary>A batch came.</summary>
    public BatchAnswer OnBatch(Batch batch)
    {
        bool applies = _links.Accepts(batch, out BatchAnswer answer, out bool isNewEpoch);
        if (isNewEpoch)
        {
            _restarts.Restart(_links.LinkTo(batch.From), batch.FromEpoch);
        }

        if (applies)
        {
            foreach (Message message in batch.Messages)
            {
                Apply(batch.From, message);
                Pump();
            }
        }

        return answer;
    }

    /// <summary>A node has joined, or was declared dead.</summary>
    public void OnMember(NodeId node, bool isAlive)
    {
        if (isAlive && _links.IsDead(node))
        {
            // A shard knew of its death before this node knew of it at all.
            return;
        }

        if (isAlive)
        {
            _links.Joined(node);
            _actors.OnJoined(node);
            _placement.PlaceThoseFor(node);
            Pump();
            return;
        }

        if (_links.IsDead(node) || node == Self)
        {
            return;
        }

        HashSet<TaskId> unsent = [.. _links.Died(node).OfType<ExecuteMessage>().Select(m => m.Spec.Id)];
        foreach (JobRecord job in _jobs.All.Where(j => j.Driver == node && !j.IsEnded).ToList())
        {
            _engine.EndJob(job, "the node of its driver died");
        }

        _remote.OnDied(node, unsent);
        _actors.OnDied(node);
        _placement.PlaceThoseFor(node);
        Pump();
        _fetches.OnDied(node);
        _replicas.OnDied();
        Pump();
    }

    /// <summary>Where a task should run; null: no scheduler answered.</summary>
    public void OnPlaced(PlacementRequest request, PlacementAnswer? answer)
    {
        if (_placement.OnPlaced(request, answer))
        {
            Pump();
        }
    }

    /// <summary>A pull succeeded.</summary>
    /// <returns>False: the value is not wanted in that version any more, and the caller gives it back.</returns>
    public bool OnFetched(ObjectEntry entry, int version, object? value, long size)
    {
        bool wanted = _fetches.OnFetched(entry, version, value, size);
        _replicas.OnPulled(entry);
        Pump();
        return wanted;
    }

    /// <inheritdoc cref="ObjectFetches.SourcesOf"/>
    public IReadOnlyList<NodeId> SourcesOf(ObjectEntry entry, int version) => _fetches.SourcesOf(entry, version);

    /// <summary>A pull failed.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="version">The version that was to be pulled.</param>
    /// <param name="noRoom">Why this node's store has no room for it; null: no location could serve it.</param>
    public void OnFetchFailed(ObjectEntry entry, int version, string? noRoom = null)
    {
        _fetches.OnFetchFailed(entry, version, noRoom);
        _replicas.OnPulled(entry);
        Pump();
    }

    /// <inheritdoc cref="SharedValues.Lose"/>
    internal bool LoseHere(ObjectEntry entry) => _values.Lose(entry);

    /// <summary>Whether the value here was pulled: another node had it then, too.</summary>
    public static bool IsPulled(ObjectEntry entry) => entry is { Status: ObjectStatus.Available, Shared: { HasCopy: true, IsPrimary: false } };

    /// <summary>Whether this node keeps the object's record.</summary>
    public bool Owns(ObjectEntry entry) => entry.Shared is { } state && _shared.IsOwned(state);

    /// <summary>What this node would serve to a puller: exactly that version.</summary>
    public (ObjectEntry Entry, object? Value)? TryServe(ObjectId id, int version) => _values.TryServe(id, version);

    /// <summary>The heartbeat to the global schedulers.</summary>
    public NodeLoad Load() => _placement.Load();

    /// <summary>What this node knows of a shared object, for people.</summary>
    public string Describe(ObjectId id) => _values.Describe(id);

    /// <summary>The actors that this node knows, for people.</summary>
    public string DescribeActors() => string.Join(" | ", _actors.Describe());

    /// <summary>Whether this node's local scheduler would keep what is asked for: it has room now, and what is needed is not large and elsewhere.</summary>
    public bool WouldKeep(PlacementRequest request) => _placement.WouldKeep(request);

    /// <summary>Why a task waits that could run on a node which this one has not heard of; null: it does not wait for that.</summary>
    internal string? WhyUnknown(TaskRecord task) => _placement.WhyUnknown(task);

    /// <summary>The value must be here: a thread or a flow waits for it, or a task that runs here.</summary>
    internal void Need(ObjectEntry entry) => _fetches.Need(entry);

    /// <inheritdoc cref="ObjectFetches.FetchAdmitted"/>
    internal bool FetchAdmitted() => _fetches.FetchAdmitted();

    internal void Tick(long now)
    {
        _forwarder.Now = now;
        _ticks++;
        _fetches.Tick();
        _placement.Tick(now);
        _jobs.Tick();
        _actors.Tick();
        _values.DropIdleCopies(_ticks);
        _placement.Rebalance();
        _wishes.TellWants();
    }

    /// <summary>A driver's job is over: every node ends what belongs to it.</summary>
    internal void OnJobEnded(JobRecord job, JobStatus status, string why)
    {
        if (job.Driver == Self)
        {
            _jobs.End(job, status, why);
            _replicas.GiveUp(why);
            foreach (NodeId node in _links.Alive)
            {
                if (node != Self)
                {
                    _links.Send(node, new JobEndedMessage(job.Id, why));
                }
            }
        }

        _jobs.OnEnded(job);
    }

    /// <inheritdoc cref="OwnerWishes.Tell"/>
    internal bool Wish(ObjectEntry entry, OwnerWish wish, bool flag) => _wishes.Tell(entry, wish, flag);

    private void Pump() => _engine.Pump();

    private void OnApplied(Message message)
    {
        switch (message)
        {
            case HoldMessage hold:
                _shared.OnReported(hold.Ref.Id);
                break;
            case FindMessage find:
                _shared.OnReported(find.Ref.Id);
                break;
            case PublishMessage publish when _shared.Find(publish.Objects[0].Ref.Id) is { } head:
                foreach (ObjectReport report in publish.Objects)
                {
                    _shared.OnReported(report.Ref.Id);
                }

                Publications.OnPublished(head);
                break;
            default:
                break;
        }

        _links.Answered(message);
    }

    private void Apply(Party from, Message message)
    {
        switch (message)
        {
            case ExecuteMessage execute:
                _remote.OnExecute(from.Node, execute);
                break;
            case CompletedMessage completed:
                _remote.OnCompleted(from.Node, completed);
                break;
            case RefusedMessage refused:
                _remote.OnRefused(from.Node, refused);
                break;
            case StreamItemMessage item:
                _forwarder.OnItem(from.Node, item);
                break;
            case StreamRoomMessage room:
                _foreign.OnRoom(from.Node, room);
                break;
            case CancelMessage cancel:
                _foreign.OnCancel(from.Node, cancel);
                break;
            case WantedMessage wanted:
                _remote.OnWanted(from.Node, wanted);
                break;
            case TransitDoneMessage done:
                _foreign.OnTransitDone(done.Transit);
                break;
            case DiscardMessage discard:
                _orders.OnDiscard(discard);
                break;
            case JobEndedMessage ended:
                _engine.EndJob(_jobs.Of(ended.Job, from.Node), ended.Why);
                break;
            case JobStateMessage state:
                _jobs.OnState(state.Report);
                break;
            case StateMessage state:
                _states.OnState(state);
                break;
            case KeepMessage keep:
                _replicas.OnKeep(keep);
                break;
            case DeleteMessage delete:
                _orders.OnDelete(delete);
                break;
            case ForgetMessage forget:
                _orders.OnForget(forget);
                break;
            case RebuildMessage rebuild:
                _orders.OnRebuild(rebuild);
                break;
            case AdoptMessage adopt:
                _adoption.Adopt(adopt);
                break;
            case WishMessage wish:
                _wishes.OnWish(wish);
                break;
            case RepublishedMessage:
                // The batch's epoch said it all.
                break;
            case DeathMessage death:
                OnMember(death.Node, isAlive: false);
                _links.Send(from, death);
                break;
            default:
                _actors.Apply(from.Node, message);
                break;
        }
    }
}
