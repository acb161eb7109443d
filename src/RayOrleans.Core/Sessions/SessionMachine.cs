namespace RayOrleans.Core;

/// <summary>
/// The node's side of its processes. A process is a caller like the node's own driver: what it submits and puts is the node's, which holds every object once for
/// each process that knows it. When a process ends, its attempts have failed as by a crash, its actors are dead, and everything it held is let go of.
/// </summary>
internal sealed class SessionMachine(
    NodeEngine engine, ObjectTable objects, ActorMachine actors, Outbox outbox, EngineOptions options)
{
    private readonly SessionStreams _streams = new(engine, objects);

    public NodeSession Open(string name, JobRecord? job) => new(name, job, outbox);

    /// <summary>Gives an attempt, which has its resources and inputs, to a process.</summary>
    public void Run(NodeSession session, Attempt attempt, RideKind ride)
    {
        if (session.EndedBecause is { } why)
        {
            engine.Complete(attempt, CrashOf(session, attempt, new SessionEnd(why), Blame.Bystander), 0);
            return;
        }

        TaskRecord task = attempt.Task;
        attempt.Session = session;
        session.Running.Add((task.TaskId, attempt.Number), attempt);
        ObjectEntry[] inputs = task.Inputs ?? [];
        List<SessionValue> values = new(inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            values.Add(i < task.DependencyCount ? ToValue(session, inputs[i], mention: true) : SessionValue.Mention(Mention(session, inputs[i])));
        }

        TaskSpec spec = TaskSpec.Of(task, attempt.Payload, [], task.Kind == TaskKind.ActorCreation ? task.Actor!.Description : null);
        session.Messages.Add(new RunMessage(spec, attempt.Number, attempt.Incarnation, values, attempt.GpuIds)
        {
            Ride = ride,
            Produced = task.Stream?.Produced ?? 0,
            Until = task.Stream?.Until ?? 0,
        });
    }

    /// <summary>The attempt is not wanted any more.</summary>
    public static void GiveUp(Attempt attempt)
    {
        if (attempt is { Session: { EndedBecause: null } session, IsEnded: false })
        {
            session.Messages.Add(new GiveUpMessage(attempt.Task.TaskId, attempt.Number));
        }
    }

    /// <summary>An actor's incarnation has ended by a decision of the node.</summary>
    public static void Stop(ProcessInstance instance, bool dispose)
    {
        NodeSession session = instance.Session;
        if (session.EndedBecause is null && session.Instances.Remove(instance))
        {
            session.Messages.Add(new StopInstanceMessage(instance.Actor, instance.Incarnation, dispose));
        }
    }

    /// <summary>A message from a process.</summary>
    public void OnMessage(NodeSession session, SessionMessage message, long now)
    {
        if (session.EndedBecause is not null)
        {
            Drop(message);
            return;
        }

        switch (message)
        {
            case SubmitMessage submit:
                Submit(session, submit);
                break;
            case PutMessage put:
                ObjectEntry entry = new(put.Id.Task, put.Id.Index);
                Add(session, entry);
                engine.Put(entry, put.Value.Value, put.Value.Size, EntriesOf(session, put.Value.Contained));
                break;
            case NameMessage name:
                session.NameRequests.Add(new NameRequest(name, name.Creation is { } creation ? ToRecord(session, creation, name.ParentAttempt) : null));
                break;
            case NeedMessage need:
                Need(session, need);
                break;
            case ReleaseMessage release:
                Release(session, release);
                break;
            case AttemptEndedMessage ended:
                End(session, ended, now);
                break;
            case YieldMessage item:
                _streams.Yield(session, AttemptOf(session, item.Task, item.Attempt), item, EntriesOf(session, item.Value.Contained));
                break;
            case TakeMessage take:
                _streams.Take(session, take);
                break;
            case LeaveStreamMessage leave:
                _streams.Leave(session, leave);
                break;
            case ReturnMessage back:
                Return(session, AttemptOf(session, back.Task, back.Attempt));
                break;
            case BlockMessage block:
                Attempt attempt = AttemptOf(session, block.Task, block.Attempt);
                if (block.IsBlocked)
                {
                    engine.Block(attempt);
                }
                else
                {
                    engine.Unblock(attempt);
                }

                break;
            case ProcessWishMessage wish:
                Grant(EntryOf(session, wish.Id), wish);
                break;
            default:
                throw new SessionProtocolException($"A node does not take {message.GetType().Name} from a process.");
        }
    }

    /// <summary>The process has ended.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="end">How.</param>
    /// <param name="now">The time.</param>
    public void Close(NodeSession session, SessionEnd end, long now)
    {
        if (session.EndedBecause is not null)
        {
            return;
        }

        string why = end.Why;
        session.EndedBecause = why;
        Verdict verdict = new(session, end);
        List<(ActorRecord Actor, ProcessInstance Instance, Blame Blame)> instances = [.. session.Instances.Select(i => (i.Value, i.Key, verdict.Of(i.Value)))];
        List<(Attempt Attempt, Blame Blame)> attempts = [.. session.Running.Values.Select(a => (a, verdict.Of(a)))];

        // First what it held: whatever is held on is held by others, and so not lost with its attempts.
        foreach (KnownObject known in session.Known.Values.ToList())
        {
            engine.ReleaseHold(known.Entry, bySubmitter: known.Entry is TaskRecord { SubmitterHolds: true });
        }

        session.Known.Clear();
        _streams.Close(session);
        session.Running.Clear();

        // Riders that were not started first: no grant must go to them.
        foreach ((Attempt attempt, Blame blame) in attempts.OrderByDescending(a => a.Attempt.IsWaitingToRide).ToList())
        {
            if (attempt.IsWaitingToRide && blame == Blame.Bystander)
            {
                engine.Return(attempt);
            }
            else
            {
                engine.Complete(attempt, CrashOf(session, attempt, end, blame), now);
            }
        }

        foreach ((ActorRecord actor, ProcessInstance instance, Blame blame) in instances)
        {
            if (ReferenceEquals(actor.Instance, instance))
            {
                actors.Kill(actor, mayRestart: true, $"its {session.Name} has ended: {why}", blame: blame, cause: end.OutOfMemory ?? end.NoEnvironment);
            }
        }

        session.Instances.Clear();
        if (session.Job is { IsEnded: false } job)
        {
            engine.EndJob(job, $"its driver has ended: {why}", status: JobStatus.Failed);
        }

        _ = session.Messages.Take();
    }

    /// <summary>What a process has asked for by name; what that refers to is held until it is answered.</summary>
    public IReadOnlyList<NameRequest> TakeNameRequests(NodeSession session)
    {
        List<NameRequest> requests = session.NameRequests;
        session.NameRequests = [];
        foreach (ObjectEntry input in requests.SelectMany(r => r.Creation?.Inputs ?? []))
        {
            objects.Hold(input);
        }

        return requests;
    }

    /// <summary>Answers a question for an actor by name.</summary>
    /// <param name="session">Who has asked.</param>
    /// <param name="request">The question.</param>
    /// <param name="inputs">The inputs of its creation, as they were when it was taken.</param>
    /// <param name="actor">The actor's construction, held once for the caller, who has it no more afterwards; null: there is none.</param>
    /// <param name="problem">Why there is no answer.</param>
    public void AnswerName(NodeSession session, NameRequest request, IReadOnlyList<ObjectEntry> inputs, TaskRecord? actor, string? problem)
    {
        if (session.EndedBecause is null)
        {
            session.Messages.Add(new NamedMessage(request.Message.Number, actor is null ? null : Mention(session, actor), actor is not null && actor != request.Creation, problem));
        }

        if (actor is not null)
        {
            engine.ReleaseHold(actor, bySubmitter: actor == request.Creation);
        }

        foreach (ObjectEntry input in inputs)
        {
            engine.ReleaseHold(input);
        }
    }

    /// <summary>An object that the process knows.</summary>
    public static ObjectEntry? Find(NodeSession session, ObjectId id) => session.Known.GetValueOrDefault(id)?.Entry;

    private TaskRecord ToRecord(NodeSession session, TaskSpec spec, int parentAttempt)
    {
        Attempt? parent = session.Running.GetValueOrDefault((spec.Parent, parentAttempt));
        JobRecord job = parent?.Task.Job ?? session.Job
            ?? throw new SessionProtocolException($"{session.Name} submits {spec.Name}, which belongs to no attempt that runs there and to no job of its own.");
        ActorRecord? actor = spec.Kind switch
        {
            TaskKind.ActorCreation => new ActorRecord(spec.ActorId, spec.Actor!.Options) { ClassName = spec.Actor.ClassName, Host = spec.Actor.Host },
            TaskKind.ActorCall => (EntryOf(session, new ObjectId(spec.ActorId.Creation, 0)) as TaskRecord)?.Actor
                ?? throw new SessionProtocolException($"{session.Name} calls {spec.ActorId}, which is no actor."),
            _ => null,
        };
        return spec.ToRecord(job, parent, actor, spec.Inputs.Count == 0 ? null : [.. spec.Inputs.Select(i => EntryOf(session, i.Id))], options.StreamWindow);
    }

    private void Submit(NodeSession session, SubmitMessage message)
    {
        TaskRecord task = ToRecord(session, message.Spec, message.ParentAttempt);
        Add(session, task);
        foreach (ObjectEntry part in task.Parts ?? [])
        {
            Add(session, part);
            objects.Hold(part);
        }

        if (task.Stream is not null)
        {
            _streams.Read(session, task);
        }

        if (task.Kind == TaskKind.ActorCreation)
        {
            engine.TryCreateActor(task.Actor!, task);
        }
        else
        {
            engine.Submit(task);
        }
    }

    private void Need(NodeSession session, NeedMessage need)
    {
        ObjectEntry entry = EntryOf(session, need.Id);
        SessionWatcher watcher = new(this, session, entry) { ExistsOnly = need.ExistsOnly };
        if (!engine.Watch(watcher, new ReadOnlySpan<ObjectEntry>(ref entry), 1))
        {
            watcher.Notified();
            return;
        }

        engine.Want(entry);
    }

    /// <summary>What a process waits for is there, or does not come.</summary>
    public void OnSettled(NodeSession session, ObjectEntry entry, bool existsOnly, Failure? refused = null)
    {
        if (session.EndedBecause is not null || !session.Known.TryGetValue(entry.Id, out KnownObject? known) || known.Entry != entry)
        {
            return;
        }

        if (refused is not null)
        {
            session.Messages.Add(new SettledMessage(entry.Id, new SessionValue(RefOf(entry), HasValue: true, null, 0, [], refused)));
            return;
        }

        session.Messages.Add(existsOnly && entry.Status == ObjectStatus.Remote
            ? new ExistsMessage(entry.Id, entry.Size)
            : new SettledMessage(entry.Id, ToValue(session, entry, mention: false)));
    }

    private void Release(NodeSession session, ReleaseMessage release)
    {
        if (!session.Known.TryGetValue(release.Id, out KnownObject? known) || known.Mentions < release.Mentions)
        {
            throw new SessionProtocolException($"{session.Name} gives back {release.Mentions} mentions of object {release.Id}, of which it has {known?.Mentions ?? 0}.");
        }

        known.Mentions -= release.Mentions;
        if (known.Mentions == 0)
        {
            session.Known.Remove(release.Id);
            engine.ReleaseHold(known.Entry, bySubmitter: known.Entry is TaskRecord { SubmitterHolds: true });
        }
    }

    private void End(NodeSession session, AttemptEndedMessage message, long now)
    {
        Attempt attempt = AttemptOf(session, message.Task, message.Attempt);
        TaskRecord task = attempt.Task;
        session.Running.Remove((message.Task, message.Attempt));
        Outcome outcome;
        if (message.EndsActor is { } why)
        {
            outcome = Outcome.ActorExit(message.Failure!, why);
        }
        else if (message.Failure is { } failure)
        {
            outcome = Outcome.UserFailure(failure, message.IsRetriable);
        }
        else if (task.Kind == TaskKind.ActorCreation)
        {
            ProcessInstance instance = new(session, task.Actor!.Id, attempt.Incarnation);
            session.Instances.Add(instance, task.Actor);
            outcome = Outcome.Success(instance);
        }
        else
        {
            if (message.Results.Count != 1 + (task.Parts?.Length ?? 0))
            {
                throw new SessionProtocolException($"{session.Name} ends {task.Name} with {message.Results.Count} results in place of {1 + (task.Parts?.Length ?? 0)}.");
            }

            PartValue[]? parts = task.Parts is null ? null : [.. message.Results.Skip(1).Select(r => new PartValue(r.Value, r.Size, EntriesOf(session, r.Contained)))];
            ProcessValue result = message.Results[0];
            outcome = parts is null
                ? Outcome.Success(result.Value, result.Size, EntriesOf(session, result.Contained))
                : Outcome.Success(options.MakeTuple(task.Parts!), 0, task.Parts, parts);
        }

        engine.Complete(attempt, in outcome, now);
    }

    private void Return(NodeSession session, Attempt attempt)
    {
        if (!attempt.IsWaitingToRide)
        {
            throw new SessionProtocolException($"{session.Name} gives {attempt.Task.Name} back, which has been given its CPU.");
        }

        session.Running.Remove((attempt.Task.TaskId, attempt.Number));
        engine.Return(attempt);
    }

    private void Grant(ObjectEntry entry, ProcessWishMessage wish)
    {
        switch (wish.Wish)
        {
            case OwnerWish.Cancel or OwnerWish.CancelByForce:
                engine.Cancel(entry, wish.Flag, wish.Wish == OwnerWish.CancelByForce);
                break;
            case OwnerWish.Free:
                engine.Free(entry);
                break;
            case OwnerWish.Kill when entry is TaskRecord { Actor: { } actor }:
                engine.KillActor(actor, wish.Flag, "it was killed by Ray.Kill");
                break;
            default:
                throw new SessionProtocolException($"A process cannot wish {wish.Wish} for object {wish.Id}.");
        }
    }

    /// <summary>A message that nobody takes: its values go.</summary>
    private void Drop(SessionMessage message)
    {
        switch (message)
        {
            case PutMessage put:
                outbox.Discard(put.Value.Value);
                break;
            case YieldMessage item:
                outbox.Discard(item.Value.Value);
                break;
            case AttemptEndedMessage ended:
                foreach (ProcessValue result in ended.Results)
                {
                    outbox.Discard(result.Value);
                }

                break;
            default:
                break;
        }
    }

    private static Outcome CrashOf(NodeSession session, Attempt attempt, SessionEnd end, Blame blame)
    {
        TaskRecord task = attempt.Task;
        FailureKind kind = end.OutOfMemory is not null ? FailureKind.NodeOutOfMemory : end.NoEnvironment is not null ? FailureKind.RuntimeEnv : FailureKind.WorkerCrashed;
        Failure failure = new(kind, $"{task.Name} has no result: its {session.Name} has ended: {end.Why}.", end.OutOfMemory ?? end.NoEnvironment, task.TaskId, task.Name, attempt.Ordinal);
        return Outcome.SystemFailure(failure, blame);
    }

    private static SessionValue ToValue(NodeSession session, ObjectEntry entry, bool mention)
    {
        RemoteRef reference = mention ? Mention(session, entry) : RefOf(entry);
        if (entry.Value is Failure failure)
        {
            return new SessionValue(reference, HasValue: true, null, 0, [], failure);
        }

        if (entry.Status != ObjectStatus.Available)
        {
            Failure lost = new(FailureKind.ObjectLost, $"Object {entry.Id} has no value: it was deleted.", null, entry.TaskId);
            return new SessionValue(reference, HasValue: true, null, 0, [], lost);
        }

        if (entry is TaskRecord { Parts: { } parts })
        {
            return new SessionValue(reference, HasValue: true, null, entry.Size, [], null) { Parts = [.. parts.Select(p => ToValue(session, p, mention: false))] };
        }

        RemoteRef[] contained = entry.Contained is null ? [] : [.. entry.Contained.Select(c => Mention(session, c))];
        return new SessionValue(reference, HasValue: true, entry.Value, entry.Size, contained, null);
    }

    /// <summary>An item of a stream that the process reads, with its value where that is here.</summary>
    internal static SessionValue ToItem(NodeSession session, ObjectEntry item) =>
        item.Status is ObjectStatus.Pending or ObjectStatus.Remote ? SessionValue.Mention(Mention(session, item)) : ToValue(session, item, mention: true);

    /// <summary>The end of a stream that the process reads.</summary>
    internal static SessionValue ToEnd(NodeSession session, TaskRecord task) => ToValue(session, task, mention: false);

    /// <summary>Tells the process of an object: the node holds it until the process has given back every mention.</summary>
    private static RemoteRef Mention(NodeSession session, ObjectEntry entry)
    {
        MentionOne(session, entry);
        if (entry is TaskRecord { Parts: { } parts })
        {
            foreach (ObjectEntry part in parts)
            {
                MentionOne(session, part);
            }
        }

        return RefOf(entry);
    }

    private static void MentionOne(NodeSession session, ObjectEntry entry)
    {
        if (session.Known.TryGetValue(entry.Id, out KnownObject? known))
        {
            known.Mentions++;
            return;
        }

        session.Known.Add(entry.Id, new KnownObject(entry));
        entry.Holds++;
    }

    private static RemoteRef RefOf(ObjectEntry entry)
    {
        TaskRecord? task = entry as TaskRecord;
        return new RemoteRef(
            entry.Id, NodeId.None, task?.Job.Id ?? default, NodeId.None, task?.Parts?.Length ?? 0, task is { Kind: TaskKind.ActorCreation, Actor: { } actor } ? actor.Description : null);
    }

    private static void Add(NodeSession session, ObjectEntry entry)
    {
        if (!session.Known.TryAdd(entry.Id, new KnownObject(entry)))
        {
            throw new SessionProtocolException($"{session.Name} names object {entry.Id} a second time as new.");
        }
    }

    private static ObjectEntry EntryOf(NodeSession session, ObjectId id) => session.Known.TryGetValue(id, out KnownObject? known)
        ? known.Entry
        : throw new SessionProtocolException($"{session.Name} refers to object {id}, which it has not been told of or has given back.");

    private static ObjectEntry[]? EntriesOf(NodeSession session, IReadOnlyList<ObjectId> ids) => ids.Count == 0 ? null : [.. ids.Select(i => EntryOf(session, i))];

    private static Attempt AttemptOf(NodeSession session, TaskId task, int number) =>
        session.Running.GetValueOrDefault((task, number))
            ?? throw new SessionProtocolException($"{session.Name} names attempt {number} of task {task}, which does not run there.");
}
