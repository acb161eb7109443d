namespace RayOrleans.Core;

/// <summary>
/// One node among others: what is sent and received, who is there, which tasks and objects are shared (ARCHITECTURE, "Several nodes").
/// Part of a <see cref="NodeEngine"/>: the caller guards every member by the engine's lock.
/// </summary>
public sealed class ClusterMachine : ITaskCluster
{
    private readonly ClusterOptions _options;
    private readonly ObjectTable _objects;
    private readonly TaskMachine _tasks;
    private readonly ResourceLedger _ledger;
    private readonly Dispatcher _dispatcher;
    private readonly RebuildMachine _rebuild;
    private readonly ClusterLinks _links;
    private readonly SharedTable _shared;
    private readonly ObjectFetches _fetches;
    private readonly Publications _publications;
    private readonly TaskForwarder _forwarder;
    private readonly ForeignTasks _foreign;
    private readonly JobTable _jobs;
    private readonly RemoteActors _actors;
    private readonly ShardRestarts _restarts;
    private readonly Adoption _adoption;
    private readonly UnknownNodes _unknown;
    private readonly NamedHandles _named;
    private readonly Replicas _replicas;
    private long _ticks;
    private long _loadVersion;

    internal ClusterMachine(
        ClusterOptions options, ObjectTable objects, TaskMachine tasks, ActorMachine actors, ResourceLedger ledger, Dispatcher dispatcher, RebuildMachine rebuild, Outbox outbox)
    {
        _options = options;
        _objects = objects;
        _tasks = tasks;
        _ledger = ledger;
        _dispatcher = dispatcher;
        _rebuild = rebuild;
        _links = new ClusterLinks(options.Self, options.ShardCount, outbox);
        _jobs = new JobTable(_links, options, outbox) { Ending = EndJob };
        _shared = new SharedTable(options, _links, objects) { Jobs = _jobs };
        objects.Arguments = new ArgumentAdmission(options.ArgumentBytes ?? Math.Max(1, options.StoreBytes / 2), objects.InputsSettled);
        _publications = new Publications(_links, _shared);
        _fetches = new ObjectFetches(_links, objects, _shared, _publications, outbox);
        _forwarder = new TaskForwarder(options, _links, objects, _shared, _publications, tasks, outbox);
        _foreign = new ForeignTasks(options, _links, objects, _shared, _publications, tasks);
        _actors = new RemoteActors(options, _links, _shared, _forwarder, _foreign, tasks, actors);
        _restarts = new ShardRestarts(_links, _shared, _publications, _jobs, outbox);
        _adoption = new Adoption(options, _links, objects, _shared, _publications, tasks, _actors);
        _unknown = new UnknownNodes(options.UnknownNodePatience);
        _replicas = new Replicas(options, _links, objects, _shared, _publications, _fetches);
        _named = new NamedHandles(options, _links, objects, _shared, _publications, tasks, actors);
        actors.Remote = _actors;
        tasks.Cluster = this;
        _shared.FindForwarded = _forwarder.Find;
        _shared.MakeProxy = _actors.MakeProxy;
        _shared.DropProxy = _actors.DropProxy;
        objects.Shared = _shared;
        objects.SharedSettled = OnSettled;
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
    public double AverageTaskTicks { get; set; }

    /// <summary>The bandwidth of pulls, on average, in bytes per tick; told by the runtime.</summary>
    public double BytesPerTick { get; set; }

    internal Action Pump { get; set; } = null!;

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
            PlaceThoseFor(node);
            return;
        }

        if (_links.IsDead(node) || node == Self)
        {
            return;
        }

        HashSet<TaskId> unsent = [.. _links.Died(node).OfType<ExecuteMessage>().Select(m => m.Spec.Id)];
        foreach (JobRecord job in _jobs.All.Where(j => j.Driver == node && !j.IsEnded).ToList())
        {
            EndJob(job, "the node of its driver died");
        }

        _foreign.OnDied(node);
        foreach (TaskRecord task in _forwarder.TakeFrom(node))
        {
            // Else no attempt of it can have begun there.
            bool mayHaveBegun = task.HasLeft && !unsent.Contains(task.TaskId);
            if (task.Kind == TaskKind.Normal && !mayHaveBegun)
            {
                Place(task);
            }
            else if (task.Kind == TaskKind.Normal)
            {
                _tasks.CompleteRemote(task, TaskForwarder.NodeDied(task, node), isRetriable: true, isSystemFailure: true, _forwarder.Now);
            }
            else
            {
                _actors.OnLost(task, mayHaveBegun);
            }
        }

        _actors.OnDied(node);
        PlaceThoseFor(node);
        foreach (ObjectEntry entry in _shared.All)
        {
            if (entry.Shared!.Locations.Contains(node))
            {
                entry.Shared.Locations = [.. entry.Shared.Locations.Where(n => n != node)];
                entry.Shared.LostOn = node;
            }
        }

        _replicas.OnDied();
        Pump();
    }

    /// <summary>Where a task should run; null: no scheduler answered.</summary>
    public void OnPlaced(PlacementRequest request, PlacementAnswer? answer)
    {
        if (_forwarder.TakePlaced(request) is not { } task)
        {
            return;
        }

        if (answer is null || (answer.Node != NodeId.None && !CanGoTo(task, answer.Node)))
        {
            // Runs here if it can and may, rather than not at all; else it is asked for again.
            if (!HasToBeElsewhere(task) && _ledger.IsFeasible(task.Options.Shape) && MatchesLabels(task))
            {
                Keep(task);
            }
            else
            {
                _unplaced.Add(task);
                task.State = TaskState.Placing;
            }
        }
        else if (answer.Node == Self)
        {
            Keep(task);
        }
        else if (answer.Node == NodeId.None)
        {
            OnUnplaceable(task, answer.Why ?? "no node has what it asks for");
        }
        else
        {
            Send(task, answer.Node);
        }

        Pump();
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

    /// <summary>
    /// The value here is gone, and may be elsewhere: the table is told, and says where it is, or asks its owner to make it again. False: only this node has
    /// ever had it, as far as anybody knows.
    /// </summary>
    internal bool LoseHere(ObjectEntry entry)
    {
        if (entry.Shared is not { } state)
        {
            return false;
        }

        _objects.Arguments!.OnEvicted(state);
        if (!_shared.IsOwned(state))
        {
            _shared.DropCopy(entry, state);
            _shared.Evaluate(entry);
            return true;
        }

        if (SharedTable.HeadOf(entry).Shared is not { IsPublished: true } && !state.HasCopy)
        {
            // Nobody else knows it: no other node has a copy.
            return false;
        }

        // What the value refers to stays used by it, wherever it is.
        ObjectEntry[]? contained = entry.Contained;
        foreach (ObjectEntry inner in contained ?? [])
        {
            inner.Uses++;
        }

        state.HasCopy = state.IsPrimary = false;
        state.Locations = [];
        int version = entry.Version;
        _shared.DropValue(entry, ObjectStatus.Remote);
        entry.Contained = contained;
        _links.SendToShardOf(entry.TaskId, new UnlocatedMessage(entry.Id, version));
        _shared.Evaluate(entry);
        return true;
    }

    /// <summary>Whether the value here was pulled: another node had it then, too.</summary>
    public static bool IsPulled(ObjectEntry entry) => entry is { Status: ObjectStatus.Available, Shared: { HasCopy: true, IsPrimary: false } };

    /// <summary>Whether this node keeps the object's record.</summary>
    public bool Owns(ObjectEntry entry) => entry.Shared is { } state && _shared.IsOwned(state);

    /// <summary>What this node would serve to a puller: exactly that version.</summary>
    public (ObjectEntry Entry, object? Value)? TryServe(ObjectId id, int version) =>
        _shared.Find(id) is { Status: ObjectStatus.Available } entry && entry.Version == version ? (entry, entry.Value) : null;

    /// <summary>The heartbeat to the global schedulers.</summary>
    public NodeLoad Load() => new(
        Self, ++_loadVersion, _ledger.Total, _ledger.FreeShape(), _dispatcher.ReadyCount, AverageTaskTicks, BytesPerTick, _options.Labels);

    /// <summary>What this node knows of a shared object, for people.</summary>
    public string Describe(ObjectId id)
    {
        if (_shared.Find(id) is not { Shared: { } state } entry)
        {
            return "not shared here";
        }

        string task = entry.Producer is { } producer
            ? $", task {producer.State} attempt {producer.AttemptNumber} missing {producer.MissingInputs} on {producer.RunsOn} epoch {state.OwnerEpoch}"
            : "";
        return $"{entry.Status} version {entry.Version}, owner {state.Owner}, level {LevelText(entry)}, reported {state.Reported} (in flight {state.ReportsInFlight}), covers {state.Covers}, "
            + $"published {state.IsPublished}/{state.IsPublishClosed}, copy {state.HasCopy}, subscribed {state.IsSubscribed}, needed {state.IsNeeded}, fetching {state.IsFetching}, locations {state.Locations.Count}{task}";
    }

    /// <summary>The actors that this node knows, for people.</summary>
    public string DescribeActors() => string.Join(" | ", _actors.Describe());

    private static string LevelText(ObjectEntry entry) => $"{SharedTable.LevelOf(entry)} (holds {entry.Holds}, uses {entry.Uses}, lineage {entry.LineageUses})";

    /// <summary>Whether this node's local scheduler would keep what is asked for: it has room now, and what is needed is not large and elsewhere.</summary>
    public bool WouldKeep(PlacementRequest request) =>
        !request.Spread && request.Excluded != Self && _ledger.Fits(request.Shape) && EstimatedWait <= _options.LongWait
        && (request.Labels is not { } labels || LabelSelector.Matches(_options.Labels, labels));

    /// <summary>Why a task waits that could run on a node which this one has not heard of; null: it does not wait for that.</summary>
    internal string? WhyUnknown(TaskRecord task) => !_unknown.Contains(task)
        ? null
        : $"Task {task.Name ?? task.TaskId.ToString()} waits for node {task.Options.Affinity}, of which this node has not heard (soft: true falls back to another node).";

    void ITaskCluster.Place(TaskRecord task) => Place(task);

    void ITaskCluster.Need(ObjectEntry entry) => Need(entry);

    void ITaskCluster.AwaitArguments(TaskRecord task) => _objects.Arguments!.Await(task);

    void ITaskCluster.Count(TaskRecord task, Action counted)
    {
        if (task is not { Kind: TaskKind.Normal, IsForeign: false, Shared: { IsPublished: true } state } || !_shared.IsOwned(state))
        {
            counted();
            return;
        }

        Barrier answered = new(_links.Released, counted);
        _publications.Publish(task, TaskMachine.IsBounded(task) ? answered : null);
        answered.Done();
    }

    void ITaskCluster.Recall(TaskRecord task, bool byForce)
    {
        _unplaced.Remove(task);
        _unknown.Remove(task);
        _forwarder.Recall(task, byForce);
        if (task is { Kind: TaskKind.ActorCall, Actor: { } actor })
        {
            _actors.Flush(actor);
        }
    }

    void ITaskCluster.EndForeign(TaskRecord task, in Outcome outcome)
    {
        _foreign.End(task, in outcome);
        if (task.Kind == TaskKind.ActorCreation && outcome.Failure is { } failure)
        {
            if (outcome.Blame == Blame.None)
            {
                _tasks.Actors.OnCreationFailed(task, failure);
            }
            else
            {
                // Whether and where it is constructed again is its manager's business.
                _actors.EndHosted(task.Actor!, dispose: false, isFinal: false, failure.Message);
            }
        }
    }

    void ITaskCluster.YieldForeign(TaskRecord task, int index, object? value, long size, ObjectEntry[]? contained)
    {
        _foreign.Yield(task, index, value, size, contained);
        Pump();
    }

    void ITaskCluster.TellRoom(TaskRecord task) => _forwarder.TellRoom(task);

    void ITaskCluster.OnForeignEnded(TaskRecord task) => _foreign.OnEnded(task);

    void ITaskCluster.OnLineageEvicted(TaskRecord task)
    {
        if (task.Shared is { IsPublished: true } state && _shared.IsOwned(state))
        {
            _publications.Publish(task);
        }
    }

    /// <summary>The value must be here: a thread or a flow waits for it, or a task that runs here.</summary>
    internal void Need(ObjectEntry entry) => _fetches.Need(entry);


    /// <inheritdoc cref="ObjectFetches.FetchAdmitted"/>
    internal bool FetchAdmitted() => _fetches.FetchAdmitted();

    internal void Tick(long now)
    {
        _forwarder.Now = now;
        _ticks++;
        _fetches.Tick();
        foreach (TaskRecord task in _unplaced.ToList())
        {
            _unplaced.Remove(task);
            Place(task);
        }

        foreach (TaskRecord task in _unknown.TakeOverdue(now))
        {
            OnUnplaceable(task, $"node {task.Options.Affinity} is not in the cluster, and has not appeared in a while (soft: true falls back to another node)");
        }

        _jobs.Tick();
        _actors.Tick();
        DropIdleCopies();
        Rebalance();
        TellWants();
    }

    /// <summary>
    /// What blocked attempts here wait for is said where it is made. Not at once but with the tick: most waits are over before, and only a node
    /// at its bound of threads needs to know.
    /// </summary>
    private void TellWants()
    {
        foreach (TaskRecord task in _forwarder.Forwarded)
        {
            if (task is { IsWanted: true, HasLeft: true } && task.WantTold != (task.RunsOn, task.AttemptNumber))
            {
                task.WantTold = (task.RunsOn, task.AttemptNumber);
                _links.Send(task.RunsOn, new WantedMessage(task.TaskId, task.AttemptNumber));
            }
        }

        foreach (ObjectEntry entry in _shared.All)
        {
            if (entry is { IsSettled: false, Producer: { State: TaskState.Elsewhere, IsWanted: true } producer, Shared: { } state }
                && producer.WantTold != (state.Owner, 0) && Wish(entry, OwnerWish.Want, flag: false))
            {
                producer.WantTold = (state.Owner, 0);
            }
        }
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

    /// <summary>A holder's wish for an object that another node owns; false: this node owns it itself.</summary>
    internal bool Wish(ObjectEntry entry, OwnerWish wish, bool flag)
    {
        if (entry.Shared is not { } state || _shared.IsOwned(state))
        {
            return false;
        }

        _links.SendToShardOf(entry.TaskId, new WishMessage(_shared.RefOf(entry), wish, flag));
        return true;
    }

    internal void EndJob(JobRecord job, string why) => JobEnding(job, why);

    internal Action<JobRecord, string> JobEnding { get; set; } = null!;

    internal Action<ObjectEntry> Freeing { get; set; } = null!;

    private readonly HashSet<TaskRecord> _unplaced = [];

    private void OnSettled(ObjectEntry entry)
    {
        SharedState state = entry.Shared!;
        if (_shared.IsOwned(state))
        {
            _publications.Report(entry);
            _replicas.OnSettled(entry);
        }
        else if (entry.Producer is { State: TaskState.Elsewhere } producer)
        {
            // Should it be lost, whoever waits then says so again.
            producer.IsWanted = false;
            producer.WantTold = default;
        }

        if (entry.Status == ObjectStatus.Remote)
        {
            if (ObjectTable.IsWaitedFor(entry))
            {
                _fetches.Need(entry);
            }
            else
            {
                _fetches.TryFetch(entry, state);
            }
        }
        else
        {
            state.IsNeeded = false;
        }
    }

    private void Place(TaskRecord task)
    {
        TaskOptions options = task.Options;
        bool isPossible = options.Affinity == NodeId.None || _links.IsAlive(options.Affinity);
        if (!isPossible && !options.IsSoftAffinity)
        {
            AwaitNode(task);
        }
        else if (_options.ActorsHaveGrains && task.Kind == TaskKind.ActorCreation && options.Reservation is null)
        {
            _forwarder.AskWhere(task, NodeId.None, isPossible ? options.Affinity : NodeId.None);
        }
        else if (!isPossible || options.Affinity == NodeId.None)
        {
            PlaceFreely(task);
        }
        else if (options.Affinity == Self)
        {
            Keep(task);
        }
        else
        {
            Send(task, options.Affinity);
        }
    }

    /// <summary>A node that is not there is dead for good, or one that another node has heard of first.</summary>
    private void AwaitNode(TaskRecord task)
    {
        if (_links.IsDead(task.Options.Affinity))
        {
            OnUnplaceable(task, $"node {task.Options.Affinity} has left the cluster or was declared dead (soft: true falls back to another node)");
            return;
        }

        task.State = TaskState.Placing;
        _unknown.Add(task);
    }

    private void PlaceThoseFor(NodeId node)
    {
        foreach (TaskRecord task in _unknown.TakeFor(node))
        {
            Place(task);
        }

        Pump();
    }

    private bool HasToBeElsewhere(TaskRecord task) => task.Options is { IsSoftAffinity: false } options && options.Affinity != NodeId.None && options.Affinity != Self;

    private bool CanGoTo(TaskRecord task, NodeId node) => _links.IsAlive(node) && (task.Options.IsSoftAffinity || task.Options.Affinity == NodeId.None || task.Options.Affinity == node);

    private void PlaceFreely(TaskRecord task)
    {
        bool isFeasible = _ledger.IsFeasible(task.Options.Shape) && MatchesLabels(task);
        if (task.Options.Reservation is not null || (_links.Alive.Count == 1 && isFeasible) || HasGoneFarEnough(task))
        {
            Keep(task);
        }
        else if (isFeasible && !task.Options.Spread && task.Hops == 0 && EstimatedWait <= _options.LongWait && BytesElsewhere(task) <= _options.SmallInputBytes && _objects.Fit!.Fits(task))
        {
            Keep(task);
        }
        else
        {
            _forwarder.AskWhere(task, NodeId.None);
        }
    }

    /// <summary>Whether it has been sent about so often that it stays here, where it can run.</summary>
    private bool HasGoneFarEnough(TaskRecord task) =>
        task.Hops > 0 && task.Hops >= _options.MaxHops && _ledger.IsFeasible(task.Options.Shape) && MatchesLabels(task);

    private double EstimatedWait => _dispatcher.ReadyCount * AverageTaskTicks / Math.Max(1, _ledger.Total.Cpu / (double)ResourceAmount.One);

    private long BytesElsewhere(TaskRecord task)
    {
        long bytes = 0;
        for (int i = 0; _options.UseLocality && i < task.DependencyCount; i++)
        {
            ObjectEntry input = task.Inputs![i];
            if (input.Status == ObjectStatus.Remote)
            {
                bytes += input.Size;
            }
        }

        return bytes;
    }

    private bool MatchesLabels(TaskRecord task) => task.Options.Labels is not { } wanted || LabelSelector.Matches(_options.Labels, wanted);

    private void Keep(TaskRecord task)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            _actors.OnHostChosen(task, Self);
        }

        _tasks.Keep(task);
    }

    private void Send(TaskRecord task, NodeId node)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            _actors.OnHostChosen(task, node);
        }

        _forwarder.Forward(task, node, task.Actor?.Incarnation ?? 0);
    }

    private void OnUnplaceable(TaskRecord task, string why)
    {
        _tasks.OnUnplaceable(task, why);
        if (!task.IsTerminal)
        {
            _unplaced.Add(task);
            task.State = TaskState.Placing;
        }
    }

    /// <summary>Offers tasks that would wait long here to others: the younger half of what is queued.</summary>
    private void Rebalance()
    {
        if (_links.Alive.Count < 2 || EstimatedWait <= _options.LongWait)
        {
            return;
        }

        foreach (TaskRecord task in _dispatcher.TakeYoungest(Math.Min(256, _dispatcher.ReadyCount / 2), IsMovable))
        {
            task.IsPlacedHere = false;
            _forwarder.AskWhere(task, NodeId.None);
        }
    }

    private bool IsMovable(TaskRecord task) =>
        !task.IsForeign && !HasGoneFarEnough(task) && task is { Kind: TaskKind.Normal, IsWanted: false } && task.Options is { Reservation: null } && task.Options.Affinity == NodeId.None;

    private void DropIdleCopies()
    {
        const int KeptTicks = 100;
        List<ObjectEntry>? idle = null;
        foreach (ObjectEntry entry in _shared.Copies)
        {
            SharedState state = entry.Shared!;
            if (entry.IsHeld || state.Covers > 0 || state.IsPrimary || _shared.IsOwned(state))
            {
                state.IdleSince = _ticks;
            }
            else if (_ticks - state.IdleSince > KeptTicks)
            {
                (idle ??= []).Add(entry);
            }
        }

        foreach (ObjectEntry entry in idle ?? [])
        {
            _shared.DropCopy(entry, entry.Shared!);
        }
    }

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
                OnExecute(from.Node, execute);
                break;
            case CompletedMessage completed:
                if (_forwarder.OnCompleted(from.Node, completed) is { Actor: { } actor } returned)
                {
                    if (returned.Kind == TaskKind.ActorCreation)
                    {
                        _actors.OnCreated(returned, completed.Failure);
                    }

                    _actors.Flush(actor);
                }

                break;
            case RefusedMessage refused:
                if (_forwarder.OnRefused(from.Node, refused) is { } task)
                {
                    OnRefused(task, from.Node, refused.IsMoved);
                }

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
            case WantedMessage wanted when _foreign.Find(wanted.Task) is { } awaited:
                if (awaited.Origin == from.Node && awaited.AttemptNumber == wanted.Attempt)
                {
                    _tasks.Want(awaited);
                }

                break;
            case WantedMessage:
                // It has ended meanwhile.
                break;
            case TransitDoneMessage done:
                _foreign.OnTransitDone(done.Transit);
                break;
            case DiscardMessage discard:
                OnDiscard(discard);
                break;
            case JobEndedMessage ended:
                EndJob(_jobs.Of(ended.Job, from.Node), ended.Why);
                break;
            case JobStateMessage state:
                _jobs.OnState(state.Report);
                break;
            case StateMessage state:
                OnState(state);
                break;
            case KeepMessage keep:
                _replicas.OnKeep(keep);
                break;
            case DeleteMessage delete:
                OnDelete(delete);
                break;
            case ForgetMessage forget:
                OnForget(forget);
                break;
            case RebuildMessage rebuild:
                OnRebuild(rebuild);
                break;
            case AdoptMessage adopt:
                OnAdopt(adopt);
                break;
            case WishMessage wish:
                OnWish(wish);
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

    private void OnExecute(NodeId from, ExecuteMessage message)
    {
        TaskSpec spec = message.Spec;
        ActorRecord? actor = null;
        bool isMoved = spec.Kind == TaskKind.ActorCall && !_actors.TryFindHosted(spec.ActorId, message.Incarnation, out actor);
        bool isRefused = isMoved || (spec.Kind != TaskKind.ActorCall && !_ledger.IsFeasible(spec.Options.Shape));
        if (isRefused)
        {
            _links.Send(from, new RefusedMessage(spec.Id, message.Attempt, isMoved));
            return;
        }

        if (spec.Kind == TaskKind.ActorCreation)
        {
            actor = _actors.MakeHosted(from, message);
        }

        if (_foreign.Make(from, message, actor) is { } task)
        {
            if (spec.Kind == TaskKind.ActorCall)
            {
                _actors.SubmitForeignCall(task);
            }
            else
            {
                if (actor is not null)
                {
                    actor.Creation = task;
                }

                _tasks.SubmitForeign(task);
            }
        }
        else if (spec.Kind == TaskKind.ActorCreation)
        {
            _actors.OnNotHosted(actor!);
        }
    }

    private void OnRefused(TaskRecord task, NodeId from, bool isMoved)
    {
        if (task.Kind == TaskKind.ActorCall)
        {
            _actors.OnCallRefused(task, isMoved);
        }
        else if (HasToBeElsewhere(task))
        {
            OnUnplaceable(task, $"node {from} has not what it asks for (soft: true falls back to another node)");
        }
        else if (HasGoneFarEnough(task))
        {
            Keep(task);
        }
        else
        {
            _forwarder.AskWhere(task, from);
        }
    }

    private void OnDiscard(DiscardMessage message)
    {
        if (_shared.Find(message.Id) is { Status: ObjectStatus.Available, Shared: { HasCopy: true } state } entry
            && entry.Version == message.Version && !_shared.IsOwned(state))
        {
            _shared.DropCopy(entry, state);
        }
    }

    private void OnState(StateMessage message)
    {
        if (_shared.Find(message.Report.Ref.Id) is not { Shared: { } state } entry)
        {
            return;
        }

        if (message.Actor is { } actor)
        {
            _actors.OnReport(entry, actor);
        }
        else if (message.Report.Status is ObjectStatus.Failed or ObjectStatus.Deleted && !_shared.IsOwned(state))
        {
            _actors.OnGone(entry, message.Report.Value as Failure);
        }

        _named.OnAnswer(state);

        if (_shared.IsOwned(state))
        {
            _fetches.OnLocations(entry, state, message);
            _replicas.OnState(state, message.Report.Replication);
            return;
        }

        state.Owner = message.Owner == NodeId.None || message.Owner == Self ? state.Owner : message.Owner;
        if (entry.Status == ObjectStatus.Pending && SharedTable.LevelOf(entry) != HoldLevel.Value)
        {
            // Nobody here wants it any more.
            state.HasDropped = true;
            _shared.Evaluate(entry);
            return;
        }

        ObjectReport report = message.Report;
        switch (report.Status)
        {
            case ObjectStatus.Available when !entry.IsSettled:
                SetInline(entry, report);
                break;
            case ObjectStatus.Remote when !entry.IsSettled:
                state.RemoteContained = report.Contained;
                if (entry.Status == ObjectStatus.Remote && entry.Version != report.Version)
                {
                    _shared.DropValue(entry, ObjectStatus.Pending);
                }

                state.Locations = message.Locations;
                if (entry.Status == ObjectStatus.Pending)
                {
                    _objects.SetRemote(entry, report.Size, null, report.Version);
                }

                _fetches.TryFetch(entry, state);
                break;
            case ObjectStatus.Pending when entry.Status == ObjectStatus.Remote:
                state.Locations = [];
                _shared.DropValue(entry, ObjectStatus.Pending);
                break;
            case ObjectStatus.Failed or ObjectStatus.Deleted when !entry.IsSettled || entry.Status == ObjectStatus.Available:
                if (entry.Status != ObjectStatus.Pending)
                {
                    _shared.DropValue(entry, ObjectStatus.Pending);
                    state.HasCopy = state.IsPrimary = false;
                }

                _objects.SetFailure(entry, report.Value as Failure ?? SharedTable.LostForGood(entry, "nobody held it any more"));
                break;
            default:
                break;
        }

        _shared.Evaluate(entry);
    }

    private void SetInline(ObjectEntry entry, ObjectReport report)
    {
        ObjectEntry[]? contained = null;
        if (report.Contained.Count > 0)
        {
            contained = [.. report.Contained.Select(_shared.FindOrCreate)];
            SharedTable.Cover(contained);
        }

        if (entry.Status == ObjectStatus.Remote)
        {
            _shared.DropValue(entry, ObjectStatus.Pending);
        }

        object? value = report.Ref.PartCount > 0 ? _options.MakeTuple(contained!) : report.Value;
        _objects.SetValue(entry, value, report.Size, contained, report.Version);
    }

    private void OnDelete(DeleteMessage message)
    {
        if (_shared.Find(message.Id) is not { Shared: { } state } entry)
        {
            return;
        }

        if (SharedTable.LevelOf(entry) == HoldLevel.Value)
        {
            // A reference came just before: what is here is told again.
            if (state.HasCopy || _shared.IsOwned(state))
            {
                _links.SendToShardOf(entry.TaskId, new ObjectMessage(_publications.ReportOf(entry)));
            }

            if (state.Reported != HoldLevel.None)
            {
                _shared.Report(entry, state.Reported);
            }

            return;
        }

        state.HasCopy = state.IsPrimary = state.IsKeeping = false;
        if (entry.Status is ObjectStatus.Available or ObjectStatus.Remote)
        {
            _shared.DropValue(entry, _shared.IsOwned(state) ? ObjectStatus.Deleted : ObjectStatus.Pending);
        }

        _shared.Evaluate(entry);
    }

    private void OnForget(ForgetMessage message)
    {
        ObjectEntry? head = _shared.Find(new ObjectId(message.Task, 0)) ?? _shared.Find(new ObjectId(message.Task, ObjectId.PutIndex));
        List<ObjectEntry> entries = head is null ? [.. _shared.All.Where(e => e.TaskId == message.Task)] : [.. Publications.EntriesOf(head)];
        if (entries.Exists(e => e.Shared is { } state && _shared.IsOwned(state) && SharedTable.LevelOf(e) != HoldLevel.None))
        {
            // It came to be held again meanwhile: the table, which has dropped what it knew, is told anew.
            Party shard = Party.OfShard(_links.ShardOf(message.Task));
            foreach (ObjectEntry entry in entries.Where(e => e.Shared is { } state && _shared.IsOwned(state)))
            {
                entry.Shared!.Reported = SharedTable.LevelOf(entry);
                _restarts.Tell(shard, entry, entry.Shared);
            }

            return;
        }

        foreach (ObjectEntry entry in entries)
        {
            if (entry.Shared is { } state && _shared.IsOwned(state))
            {
                _shared.Unshare(entry);
                if (entry.Status == ObjectStatus.Remote || SharedTable.IsUnmade(entry))
                {
                    _objects.Drop(entry, ObjectStatus.Deleted);
                }
            }
        }

        foreach (ObjectEntry entry in entries)
        {
            _objects.Reconsider(entry);
        }
    }

    private void OnRebuild(RebuildMessage message)
    {
        if (_shared.Find(message.Id) is not { Shared: { } state } entry || !_shared.IsOwned(state))
        {
            return;
        }

        if (entry.Status == ObjectStatus.Available || (entry.Status == ObjectStatus.Remote && entry.Version > message.Version))
        {
            _links.SendToShardOf(entry.TaskId, new ObjectMessage(_publications.ReportOf(entry)));
        }
        else if (entry.Status == ObjectStatus.Remote || SharedTable.IsUnmade(entry))
        {
            NodeId last = state.Locations.Count > 0 ? state.Locations[0] : state.LostOn;
            state.Locations = [];
            _rebuild.Lose(entry, last == NodeId.None ? "with its node" : $"with node {last}, the last that had a copy of it");
        }
        else if (entry.Status == ObjectStatus.Failed)
        {
            _publications.Report(entry);
        }
    }

    private void OnAdopt(AdoptMessage message) => _adoption.Adopt(message);

    private void OnWish(WishMessage message)
    {
        if (_shared.Find(message.Ref.Id) is not { Shared: { } state } entry || !_shared.IsOwned(state))
        {
            return;
        }

        switch (message.Wish)
        {
            case OwnerWish.Cancel or OwnerWish.CancelByForce:
                if (entry.Producer is { IsTerminal: false } task)
                {
                    _tasks.Cancel(task, message.Flag, message.Wish == OwnerWish.CancelByForce);
                }

                break;
            case OwnerWish.Want:
                if (entry is { IsSettled: false, Producer: { IsTerminal: false } awaited })
                {
                    _tasks.Want(awaited);
                }

                break;
            case OwnerWish.Free:
                Freeing(entry);
                break;
            case OwnerWish.Kill when (entry as TaskRecord)?.Actor is { } actor:
                _actors.Kill(actor, message.Flag, "it was killed by Ray.Kill");
                break;
            default:
                break;
        }
    }
}
