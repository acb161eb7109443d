namespace RayOrleans.Core;

/// <summary>
/// A node's process as it sees itself: a worker, or a driver attached from outside. It owns nothing. What it submits and puts belongs to its node from the
/// message on; it runs the attempts that the node gives it; it knows objects by mentions, which it gives back when nobody here refers to the object any more.
/// </summary>
internal sealed class ProcessMachine
{
    private readonly ObjectTable _objects;
    private readonly SessionOutbox _messages;
    private readonly Dictionary<long, TaskRecord> _named = [];
    private ProcessStreams? _streams;
    private string? _closedBecause;

    public ProcessMachine(ObjectTable objects, Outbox outbox, Func<ObjectEntry[], object> makeTuple)
    {
        _objects = objects;
        _messages = new SessionOutbox(outbox);
        Known = new ProcessObjects(objects, outbox, makeTuple);
        Attempts = new ProcessAttempts(Known, objects, outbox, _messages);
    }

    /// <summary>What this process knows of the node's _objects.</summary>
    public ProcessObjects Known { get; }

    /// <summary>What the node has given to this process to run.</summary>
    public ProcessAttempts Attempts { get; }

    /// <summary>Streams that it makes and reads.</summary>
    public ProcessStreams Streams => _streams ??= new ProcessStreams(_messages);

    /// <summary>Messages for the node, in order; the list is the caller's.</summary>
    public List<SessionMessage> TakeMessages() => _messages.Take();

    /// <summary>How many messages for the node nobody has taken. Read without the lock.</summary>
    public int MessageCount => _messages.Count;

    /// <summary>The node is gone, or wants no more of this process: what is waited for does not come, and nothing that is asked for from now on.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public void Close(string why)
    {
        _closedBecause ??= why;
        _messages.Close();
        Known.Unsettled().ForEach(Fail);
        EndStreams();
        _objects.DrainReleases();
    }

    private void Fail(ObjectEntry entry)
    {
        if (entry.Status == ObjectStatus.Remote)
        {
            _objects.Drop(entry, ObjectStatus.Pending);
        }

        _ = _objects.SetFailure(entry, new Failure(FailureKind.Shutdown, $"Object {entry.Id} has no value: {_closedBecause}.", null, entry.TaskId, entry.Producer?.Name));
    }

    private void EndStreams()
    {
        foreach (TaskRecord stream in Streams.TakeRead())
        {
            // Its reader is told why there is no more, behind the items that are here.
            stream.State = TaskState.Failed;
            StreamMachine.Tell(_objects, stream.Stream!);
        }
    }

    /// <summary>Hands a task over. The caller keeps its inputs reachable until this returns.</summary>
    public void Submit(TaskRecord task)
    {
        task.State = TaskState.Elsewhere;
        task.Holds++;
        task.SubmitterHolds = true;
        _objects.Link(task);
        Known.Add(task);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                _objects.Link(part);
                Known.Add(part);
            }

            ObjectTable.UseParts(task);
        }

        if (task.Stream is not null)
        {
            Streams.Read(task);
        }

        if (task.Kind == TaskKind.ActorCreation)
        {
            ActorRecord actor = task.Actor!;
            actor.IsHostedHere = false;
            actor.Creation = task;
            Known.AddHandle(actor);
        }

        _messages.Add(new SubmitMessage(SpecOf(task), task.Parent?.Number ?? 0));
        task.Payload = null;
        task.Inputs = null;
        if (_closedBecause is not null)
        {
            Fail(task);
            Array.ForEach(task.Parts ?? [], Fail);
            EndStreams();
        }
    }

    /// <summary>A value was put; the entry has it, and is held once.</summary>
    public void Put(ObjectEntry entry, bool isReplicated)
    {
        Known.Add(entry);
        _messages.Add(new PutMessage(entry.Id, ProcessValue.HandOver(entry.Value, entry.Size, entry.Contained)) { IsReplicated = isReplicated });
    }

    public void AskName(long number, string @namespace, string name, TaskRecord? creation, bool getIfExists) =>
        _messages.Add(new NameMessage(number, @namespace, name, creation is null ? null : SpecOf(creation), creation?.Parent?.Number ?? 0, getIfExists));

    public TaskRecord? TakeNamed(long number) => _named.Remove(number, out TaskRecord? handle) ? handle : null;

    /// <summary>Somebody here waits for the object.</summary>
    public void Need(ObjectEntry entry, bool existsOnly)
    {
        if (entry.IsSettled || Known.Find(entry.Id) is not { IsNeeded: false } known || (existsOnly && known.IsAwaited))
        {
            return;
        }

        if (_closedBecause is not null)
        {
            Fail(entry);
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
        if (Known.Find(entry.Id) is not null)
        {
            _messages.Add(new ProcessWishMessage(entry.Id, wish, flag));
        }
    }

    /// <summary>The memory behind a value is gone: it is asked for again.</summary>
    public void LoseHere(ObjectEntry entry)
    {
        bool isWaitedFor = entry.IsHeld;
        _objects.Unset(entry);
        if (Known.Find(entry.Id) is { } known)
        {
            known.IsNeeded = false;
            known.IsAwaited = false;
            if (isWaitedFor)
            {
                Need(entry, existsOnly: false);
            }
        }

        _objects.DrainReleases();
    }

    /// <summary>Nobody here refers to the entry any more: its mentions go back.</summary>
    public void OnUnheld(ObjectEntry entry)
    {
        if (Known.Find(entry) is not { } known)
        {
            return;
        }

        Known.Forget(entry);
        _messages.Add(new ReleaseMessage(entry.Id, known.Mentions));
        if (entry is TaskRecord { IsTerminal: false } task)
        {
            // Its end is the node's business.
            task.State = TaskState.Cancelled;
        }
    }

    /// <summary>A message from the node.</summary>
    public void OnMessage(SessionMessage message)
    {
        switch (message)
        {
            case RunMessage run:
                Attempts.Run(run);
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
                    TaskRecord handle = (TaskRecord)Known.Mention(found);
                    _objects.Hold(handle);
                    _named.Add(named.Number, handle);
                }

                break;
            case GiveUpMessage giveUp:
                Attempts.GiveUp(giveUp);
                break;
            case CreditMessage credit:
                Attempts.OnCredit(credit);
                break;
            case ItemMessage item:
                OnItem(item);
                break;
            case StreamEndedMessage ended:
                OnStreamEnded(ended);
                break;
            case StopInstanceMessage stop:
                Attempts.StopInstance(stop);
                break;
            default:
                throw new SessionProtocolException($"A process does not take {message.GetType().Name}.");
        }
    }

    private void OnSettled(SettledMessage message)
    {
        SessionValue value = message.Value;
        if (Known.Find(message.Id) is not { } known)
        {
            // Released while it was on its way.
            Known.Reject(in value);
            return;
        }

        known.IsNeeded = false;
        Known.Settle(known.Entry, in value);
        if (known.Entry is TaskRecord task)
        {
            task.State = value.Failure is null ? TaskState.Succeeded : TaskState.Failed;
        }
    }

    private void OnExists(ExistsMessage message)
    {
        if (Known.Find(message.Id) is { } known)
        {
            known.IsAwaited = false;
            _objects.SetRemote(known.Entry, message.Size, null, 0);
        }
    }

    /// <summary>The next item of a stream that is read here.</summary>
    private void OnItem(ItemMessage message)
    {
        SessionValue item = message.Item;
        if (Streams.Find(message.Stream) is not { } task)
        {
            // The reader went away while it was on its way.
            Known.Reject(in item);
            _objects.DeleteIfUnheld(Known.Mention(item));
            return;
        }

        ObjectEntry entry = Known.Mention(item);
        entry.Uses++;
        if (item.HasValue)
        {
            Known.Settle(entry, in item);
        }

        task.Stream!.Add(entry);
        StreamMachine.Tell(_objects, task.Stream);
    }

    /// <summary>A stream that is read here has no more items.</summary>
    private void OnStreamEnded(StreamEndedMessage message)
    {
        if (Streams.Find(message.Stream) is not { } task)
        {
            Known.Reject(message.End);
            return;
        }

        Known.Settle(task, message.End);
        task.State = message.End.Failure is null ? TaskState.Succeeded : TaskState.Failed;
        Streams.End(task);
        StreamMachine.Tell(_objects, task.Stream!);
    }

    private static TaskSpec SpecOf(TaskRecord task) => TaskSpec.Of(
        task,
        task.Payload,
        task.Inputs is null ? [] : [.. task.Inputs.Select(i => new RemoteRef(i.Id, NodeId.None, task.Job.Id, NodeId.None))],
        task.Kind == TaskKind.ActorCreation ? task.Actor!.Description : null);
}
