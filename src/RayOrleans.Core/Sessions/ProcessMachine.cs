namespace RayOrleans.Core;

/// <summary>
/// A node's process as it sees itself: a worker, or a driver attached from outside. It owns nothing. What it submits and puts belongs to its node from the
/// message on; it runs the attempts that the node gives it; it knows objects by mentions, which it gives back when nobody here refers to the object any more.
/// </summary>
internal sealed class ProcessMachine(ObjectTable objects, Outbox outbox, Func<ObjectEntry[], object> makeTuple)
{
    private readonly Dictionary<ObjectId, KnownObject> _known = [];
    private readonly Dictionary<ActorId, ActorRecord> _handles = [];
    private readonly Dictionary<ActorId, ActorRecord> _instances = [];
    private readonly Dictionary<TaskId, Attempt> _running = [];
    private readonly Dictionary<JobId, JobRecord> _jobs = [];
    private readonly Queue<Attempt> _ready = new();
    private readonly SessionOutbox _messages = new(outbox);
    private readonly HashSet<Lease> _leases = [];
    private readonly Dictionary<long, TaskRecord> _named = [];
    private Lease? _lastLease;

    /// <summary>Attempts that were given to this process and have not ended.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Attempts that nobody runs yet.</summary>
    public int ReadyCount => _ready.Count;

    /// <summary>Objects that the node holds for this process.</summary>
    public int KnownCount => _known.Count;

    /// <summary>Actors that live in this process.</summary>
    public int InstanceCount => _instances.Count;

    /// <summary>Messages for the node, in order; the list is the caller's.</summary>
    public List<SessionMessage> TakeMessages() => _messages.Take();

    /// <summary>How many messages for the node nobody has taken. Read without the lock.</summary>
    public int MessageCount => _messages.Count;

    /// <summary>The node is gone, or wants no more of this process: what is waited for does not come.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public void Close(string why)
    {
        foreach (KnownObject known in _known.Values.Where(k => !k.Entry.IsSettled).ToList())
        {
            ObjectEntry entry = known.Entry;
            if (entry.Status == ObjectStatus.Remote)
            {
                objects.Drop(entry, ObjectStatus.Pending);
            }

            _ = objects.SetFailure(entry, new Failure(FailureKind.Shutdown, $"Object {entry.Id} has no value: {why}.", null, entry.TaskId, entry.Producer?.Name));
        }

        objects.DrainReleases();
    }

    public void AddJob(JobRecord job) => _jobs.Add(job.Id, job);

    public ActorRecord? FindActor(ActorId id) => _handles.GetValueOrDefault(id);

    /// <summary>Hands a task over. The caller keeps its inputs reachable until this returns.</summary>
    public void Submit(TaskRecord task)
    {
        task.State = TaskState.Elsewhere;
        task.Holds++;
        task.SubmitterHolds = true;
        objects.Link(task);
        Add(task);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                objects.Link(part);
                Add(part);
            }

            ObjectTable.UseParts(task);
        }

        if (task.Kind == TaskKind.ActorCreation)
        {
            ActorRecord actor = task.Actor!;
            actor.IsHostedHere = false;
            actor.Creation = task;
            _handles.Add(actor.Id, actor);
        }

        _messages.Add(new SubmitMessage(SpecOf(task), task.Parent?.Number ?? 0));
        task.Payload = null;
        task.Inputs = null;
    }

    /// <summary>A value was put; the entry has it, and is held once.</summary>
    public void Put(ObjectEntry entry, bool isReplicated)
    {
        Add(entry);
        _messages.Add(new PutMessage(entry.Id, ValueOf(entry.Value, entry.Size, entry.Contained)) { IsReplicated = isReplicated });
    }

    public void AskName(long number, string @namespace, string name, TaskRecord? creation, bool getIfExists) =>
        _messages.Add(new NameMessage(number, @namespace, name, creation is null ? null : SpecOf(creation), creation?.Parent?.Number ?? 0, getIfExists));

    public TaskRecord? TakeNamed(long number) => _named.Remove(number, out TaskRecord? handle) ? handle : null;

    /// <summary>Somebody here waits for the object.</summary>
    public void Need(ObjectEntry entry, bool existsOnly)
    {
        if (entry.IsSettled || !_known.TryGetValue(entry.Id, out KnownObject? known) || known.IsNeeded || (existsOnly && known.IsAwaited))
        {
            return;
        }

        if (existsOnly)
        {
            known.IsAwaited = true;
        }
        else
        {
            known.IsNeeded = true;
        }

        _messages.Add(new NeedMessage(entry.Id, existsOnly));
    }

    public void Wish(ObjectEntry entry, OwnerWish wish, bool flag)
    {
        if (_known.ContainsKey(entry.Id))
        {
            _messages.Add(new ProcessWishMessage(entry.Id, wish, flag));
        }
    }

    /// <summary>The memory behind a value is gone: it is asked for again.</summary>
    public void LoseHere(ObjectEntry entry)
    {
        bool isWaitedFor = entry.IsHeld;
        objects.Unset(entry);
        if (_known.TryGetValue(entry.Id, out KnownObject? known))
        {
            known.IsNeeded = false;
            known.IsAwaited = false;
            if (isWaitedFor)
            {
                Need(entry, existsOnly: false);
            }
        }

        objects.DrainReleases();
    }

    /// <summary>Nobody here refers to the entry any more: its mentions go back.</summary>
    public void OnUnheld(ObjectEntry entry)
    {
        if (!_known.TryGetValue(entry.Id, out KnownObject? known) || known.Entry != entry)
        {
            return;
        }

        _known.Remove(entry.Id);
        _messages.Add(new ReleaseMessage(entry.Id, known.Mentions));
        if (entry is TaskRecord task)
        {
            if (task is { Kind: TaskKind.ActorCreation, Actor: { } actor })
            {
                _handles.Remove(actor.Id);
            }

            if (!task.IsTerminal)
            {
                // Its end is the node's business.
                task.State = TaskState.Cancelled;
            }
        }
    }

    public Attempt? TryStart() => _ready.TryDequeue(out Attempt? attempt) ? attempt : null;

    public void Block(Attempt attempt)
    {
        if (attempt.BlockCount++ == 0 && !attempt.IsEnded)
        {
            _messages.Add(new BlockMessage(attempt.Task.TaskId, attempt.Number, IsBlocked: true));
            PassOn(attempt);
        }
    }

    public void Unblock(Attempt attempt)
    {
        // What a lease has passed on is not taken back.
        if (--attempt.BlockCount == 0 && !attempt.IsEnded && (attempt.Lease is not null || !_messages.TryTakeBack(new BlockMessage(attempt.Task.TaskId, attempt.Number, IsBlocked: true))))
        {
            _messages.Add(new BlockMessage(attempt.Task.TaskId, attempt.Number, IsBlocked: false));
        }
    }

    /// <summary>The end of an attempt.</summary>
    /// <returns>Whether its outcome was sent on; an abandoned one's is dropped.</returns>
    public bool Complete(Attempt attempt, in Outcome outcome)
    {
        if (attempt.IsEnded)
        {
            Drop(attempt, in outcome);
            return false;
        }

        TaskRecord task = attempt.Task;
        attempt.IsEnded = true;
        _running.Remove(task.TaskId);
        bool counts = !attempt.IsAbandoned;
        if (counts)
        {
            if (task.Kind == TaskKind.ActorCreation && outcome.Failure is null)
            {
                ActorRecord actor = task.Actor!;
                actor.Instance = outcome.Value;
                actor.State = ActorState.Alive;
                _instances[actor.Id] = actor;
            }

            if (FindReleased(in outcome) is { } released)
            {
                Drop(attempt, in outcome);
                Failure failure = new(
                    FailureKind.Serialization, $"The result of {task.Name} refers to object {released}, whose reference was disposed of before the task ended.", null, task.TaskId, task.Name, attempt.Number);
                _messages.Add(new AttemptEndedMessage(task.TaskId, attempt.Number, [], failure, IsRetriable: false, null));
            }
            else
            {
                _messages.Add(new AttemptEndedMessage(
                    task.TaskId, attempt.Number, ResultsOf(task, in outcome), outcome.Failure, outcome.IsRetriable, outcome.EndsActor)
                { Microseconds = attempt.Microseconds });
            }
        }
        else
        {
            Drop(attempt, in outcome);
            Failure cancelled = new(FailureKind.Cancelled, $"{task.Name} was cancelled.", null, task.TaskId, task.Name, attempt.Number);
            _messages.Add(new AttemptEndedMessage(task.TaskId, attempt.Number, [], cancelled, IsRetriable: false, null));
        }

        if (!attempt.IsBlocked)
        {
            PassOn(attempt);
        }

        ReleaseInputs(task);
        return counts;
    }

    /// <summary>Riders that wait behind somebody who has not ended or blocked since this was last called go back to the node.</summary>
    public void ReturnRiders()
    {
        foreach (Lease lease in _leases.ToList())
        {
            if (lease.Seen != lease.Passed)
            {
                lease.Seen = lease.Passed;
                continue;
            }

            foreach (Attempt rider in lease.TakeWaiting())
            {
                _running.Remove(rider.Task.TaskId);
                rider.IsEnded = true;
                _messages.Add(new ReturnMessage(rider.Task.TaskId, rider.Number));
                ReleaseInputs(rider.Task);
            }

            _leases.Remove(lease);
        }
    }

    /// <summary>A message from the node.</summary>
    public void OnMessage(SessionMessage message)
    {
        switch (message)
        {
            case RunMessage run:
                Run(run);
                break;
            case SettledMessage settled:
                OnSettled(settled);
                break;
            case ExistsMessage exists:
                OnExists(exists);
                break;
            case NamedMessage named:
                if (named.Actor is { } found)
                {
                    TaskRecord handle = (TaskRecord)Mention(found);
                    objects.Hold(handle);
                    _named.Add(named.Number, handle);
                }

                break;
            case GiveUpMessage giveUp:
                if (_running.TryGetValue(giveUp.Task, out Attempt? attempt) && attempt.Number == giveUp.Attempt && !attempt.IsAbandoned)
                {
                    attempt.Abandon();
                    if (attempt.Lease?.Remove(attempt) == true)
                    {
                        // It has not begun.
                        attempt.Lease = null;
                        _ = Complete(attempt, Outcome.Success(null));
                    }
                    else
                    {
                        outbox.Add(EffectKind.CancelAttempt, attempt);
                    }
                }

                break;
            case StopInstanceMessage stop:
                if (_instances.TryGetValue(stop.Actor, out ActorRecord? actor) && actor.Incarnation == stop.Incarnation)
                {
                    _instances.Remove(stop.Actor);
                    actor.State = ActorState.Dead;
                    outbox.Add(EffectKind.StopActor, actor, actor.Instance);
                    actor.Instance = null;
                }

                break;
            default:
                throw new SessionProtocolException($"A process does not take {message.GetType().Name}.");
        }
    }

    private void Run(RunMessage run)
    {
        TaskSpec spec = run.Spec;
        ObjectEntry[]? inputs = run.Inputs.Count == 0 ? null : [.. run.Inputs.Select(Mention)];
        ActorRecord? actor = spec.Kind switch
        {
            TaskKind.ActorCreation => new ActorRecord(spec.ActorId, spec.Actor!.Options)
            {
                ClassName = spec.Actor.ClassName,
                Host = spec.Actor.Host,
                Incarnation = run.Incarnation,
            },
            TaskKind.ActorCall => _instances.GetValueOrDefault(spec.ActorId),
            _ => null,
        };
        TaskRecord task = spec.ToRecord(JobOf(spec), null, actor, inputs);
        if (spec.Kind == TaskKind.ActorCreation)
        {
            // What it was granted, and which process it asked for, is asked of its construction.
            actor!.Creation = task;
        }

        task.AttemptNumber = run.Attempt;
        task.State = TaskState.Running;
        Attempt attempt = new(task, run.Attempt, null, run.Gpus is null ? null : [.. run.Gpus]) { Incarnation = run.Incarnation };
        task.Current = attempt;
        _running.Add(spec.Id, attempt);
        foreach (ObjectEntry input in inputs ?? [])
        {
            input.Uses++;
        }

        for (int i = 0; i < run.Inputs.Count; i++)
        {
            if (run.Inputs[i] is { HasValue: true } value)
            {
                Settle(inputs![i], in value);
            }
        }

        if (spec.Kind == TaskKind.ActorCall && (actor is null || actor.Incarnation != run.Incarnation))
        {
            Failure gone = new(FailureKind.ActorUnavailable, $"{spec.Name}: this incarnation of the actor has ended.", null, spec.Id, spec.Name, run.Attempt);
            _ = Complete(attempt, Outcome.UserFailure(gone, isRetriable: true));
            return;
        }

        if (run.Ride == RideKind.Leads)
        {
            attempt.Lease = _lastLease = new Lease();
        }
        else if (run.Ride == RideKind.Rides)
        {
            Lease lease = _lastLease ?? throw new SessionProtocolException($"{spec.Name} rides, and nobody leads.");
            if (!lease.Arrived(attempt))
            {
                _leases.Add(lease);
                return;
            }
        }

        _ready.Enqueue(attempt);
    }

    /// <summary>A lease's grant goes to the next rider.</summary>
    private void PassOn(Attempt attempt)
    {
        if (attempt.Lease is not { } lease)
        {
            return;
        }

        if (lease.PassOn() is { } next)
        {
            _ready.Enqueue(next);
        }

        if (lease.WaitingCount == 0)
        {
            _leases.Remove(lease);
        }
    }

    private void ReleaseInputs(TaskRecord task)
    {
        ObjectEntry[] inputs = task.Inputs ?? [];
        task.Inputs = null;
        foreach (ObjectEntry input in inputs)
        {
            objects.ReleaseUse(input);
        }
    }

    private void OnSettled(SettledMessage message)
    {
        SessionValue value = message.Value;
        if (!_known.TryGetValue(message.Id, out KnownObject? known))
        {
            // Released while it was on its way.
            Reject(in value);
            return;
        }

        known.IsNeeded = false;
        Settle(known.Entry, in value);
        if (known.Entry is TaskRecord task)
        {
            task.State = value.Failure is null ? TaskState.Succeeded : TaskState.Failed;
        }
    }

    private void OnExists(ExistsMessage message)
    {
        if (_known.TryGetValue(message.Id, out KnownObject? known))
        {
            known.IsAwaited = false;
            objects.SetRemote(known.Entry, message.Size, null, 0);
        }
    }

    /// <summary>Gives an entry its value, unless it has one; what the value refers to is mentioned in either case.</summary>
    private void Settle(ObjectEntry entry, in SessionValue value)
    {
        ObjectEntry[]? contained = value.Contained.Count == 0 ? null : [.. value.Contained.Select(Mention)];
        object? own = value.Value;
        if (value.Parts is { } values && entry is TaskRecord { Parts: { } parts })
        {
            for (int i = 0; i < parts.Length; i++)
            {
                Settle(parts[i], values[i]);
            }

            contained = parts;
            own = makeTuple(parts);
        }

        if (entry.Status == ObjectStatus.Remote)
        {
            // It was only known to exist.
            objects.Drop(entry, ObjectStatus.Pending);
        }

        bool isTaken = value.Failure is { } failure
            ? objects.SetFailure(entry, failure)
            : objects.SetValue(entry, own, value.Size, contained, 0);
        if (!isTaken)
        {
            outbox.Discard(value.Value);
        }

        if (!isTaken || value.Failure is not null)
        {
            foreach (ObjectEntry inner in value.Parts is null ? contained ?? [] : [])
            {
                objects.DeleteIfUnheld(inner);
            }
        }
    }

    /// <summary>Nobody here wants the value: what it mentions is given back.</summary>
    private void Reject(in SessionValue value)
    {
        outbox.Discard(value.Value);
        foreach (RemoteRef reference in value.Contained)
        {
            objects.DeleteIfUnheld(Mention(reference));
        }

        foreach (SessionValue part in value.Parts ?? [])
        {
            Reject(in part);
        }
    }

    private ObjectEntry Mention(SessionValue value) => Mention(value.Object);

    private ObjectEntry Mention(RemoteRef reference)
    {
        ObjectEntry entry = MentionOne(reference);
        if (entry is TaskRecord { Parts: { } parts })
        {
            for (int i = 0; i < parts.Length; i++)
            {
                _known[parts[i].Id].Mentions++;
            }
        }

        return entry;
    }

    private ObjectEntry MentionOne(RemoteRef reference)
    {
        if (_known.TryGetValue(reference.Id, out KnownObject? known))
        {
            known.Mentions++;
            return known.Entry;
        }

        ObjectEntry entry;
        if (reference.Actor is { } description)
        {
            ActorId id = new(reference.Id.Task);
            ActorRecord actor = new(id, description.Options) { ClassName = description.ClassName, Host = description.Host, IsHostedHere = false };
            TaskRecord handle = new(reference.Id.Task, JobOf(reference.Job, default, null), null, TaskOptions.Default)
            {
                Kind = TaskKind.ActorCreation,
                Actor = actor,
                State = TaskState.Elsewhere,
            };
            actor.Creation = handle;
            _handles[id] = actor;
            entry = handle;
        }
        else if (reference.PartCount > 0)
        {
            TaskRecord tuple = new(reference.Id.Task, JobOf(reference.Job, default, null), null, TaskOptions.Default) { State = TaskState.Elsewhere };
            tuple.Parts = [.. Enumerable.Range(1, reference.PartCount).Select(i => PartOf(tuple, i))];
            ObjectTable.UseParts(tuple);
            entry = tuple;
        }
        else
        {
            entry = new ObjectEntry(reference.Id.Task, reference.Id.Index);
        }

        objects.Link(entry);
        _known.Add(reference.Id, new KnownObject(entry));
        return entry;
    }

    /// <summary>A part of a tuple that is mentioned for the first time; its own mention is counted by the caller.</summary>
    private ObjectEntry PartOf(TaskRecord tuple, int index)
    {
        ObjectId id = new(tuple.TaskId, index);
        if (_known.TryGetValue(id, out KnownObject? known))
        {
            return known.Entry;
        }

        ObjectEntry part = new(tuple.TaskId, index, tuple);
        objects.Link(part);
        _known.Add(id, new KnownObject(part) { Mentions = 0 });
        return part;
    }

    private void Add(ObjectEntry entry) => _known.Add(entry.Id, new KnownObject(entry));

    private JobRecord JobOf(TaskSpec spec) => JobOf(spec.Job, spec.Driver, spec.Namespace);

    private JobRecord JobOf(JobId id, NodeId driver, string? @namespace)
    {
        if (!_jobs.TryGetValue(id, out JobRecord? job))
        {
            job = new JobRecord(id, default) { Driver = driver };
            _jobs.Add(id, job);
        }

        job.GivenNamespace ??= @namespace;
        return job;
    }

    /// <summary>An object that the outcome refers to and nobody here does any more.</summary>
    private ObjectId? FindReleased(in Outcome outcome)
    {
        IEnumerable<ObjectEntry> contained = outcome.Parts is { } parts ? parts.SelectMany(p => p.Contained ?? []) : outcome.Contained ?? [];
        foreach (ObjectEntry entry in contained)
        {
            if (!_known.TryGetValue(entry.Id, out KnownObject? known) || known.Entry != entry)
            {
                return entry.Id;
            }
        }

        return null;
    }

    private static IReadOnlyList<ProcessValue> ResultsOf(TaskRecord task, in Outcome outcome)
    {
        if (outcome.Failure is not null || task.Kind == TaskKind.ActorCreation)
        {
            return [];
        }

        List<ProcessValue> results = [task.Parts is null ? ValueOf(outcome.Value, outcome.Size, outcome.Contained) : new ProcessValue(null, 0, [])];
        foreach (PartValue part in outcome.Parts ?? [])
        {
            results.Add(ValueOf(part.Value, part.Size, part.Contained));
        }

        return results;
    }

    private static ProcessValue ValueOf(object? value, long size, ObjectEntry[]? contained)
    {
        (value as IHandedOver)?.HandOver();
        return new(value, size, contained is null ? [] : [.. contained.Select(c => c.Id)]);
    }

    private static TaskSpec SpecOf(TaskRecord task) => TaskSpec.Of(
        task,
        task.Payload,
        task.Inputs is null ? [] : [.. task.Inputs.Select(i => new RemoteRef(i.Id, NodeId.None, task.Job.Id, NodeId.None))],
        task.Kind == TaskKind.ActorCreation ? task.Actor!.Description : null);

    private void Drop(Attempt attempt, in Outcome outcome)
    {
        if (attempt.Task.Kind == TaskKind.ActorCreation && outcome.Value is not null)
        {
            outbox.Add(EffectKind.StopActor, attempt.Task.Actor!, outcome.Value);
            return;
        }

        outbox.Discard(in outcome);
    }
}
