namespace RayOrleans.Core;

/// <summary>
/// Tasks of other nodes that run here: records like any other, whose outcomes go back to their owners. Their inputs are held by the owner
/// until the outcome is accepted; what is still held here then is reported before the outcome leaves.
/// </summary>
internal sealed class ForeignTasks(
    ClusterOptions options, ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, TaskMachine tasks)
{
    private readonly Dictionary<TaskId, TaskRecord> _records = [];
    private readonly Dictionary<TaskId, ObjectEntry[]> _covered = [];
    private readonly Dictionary<long, (NodeId To, ObjectEntry[] Entries)> _transits = [];
    private long _lastTransit;

    public int Count => _records.Count;

    /// <summary>Results on their way, whose references are held until they have arrived.</summary>
    public int TransitCount => _transits.Count;

    /// <summary>A record for a task that was sent here; null when its job has ended, or it cannot run here.</summary>
    public TaskRecord? Make(NodeId from, ExecuteMessage message, ActorRecord? actor)
    {
        TaskSpec spec = message.Spec;
        JobRecord job = shared.Jobs.Of(spec.Job, spec.Driver);
        job.GivenNamespace ??= spec.Namespace;
        if (job.IsEnded && !spec.IsDetached)
        {
            Failure ended = new(FailureKind.Shutdown, $"Task {spec.Name} has no result: {job.EndedBecause}.", null, spec.Id, spec.Name);
            links.Send(from, new CompletedMessage(spec.Id, message.Attempt, [], [], ended, IsRetriable: false, IsSystemFailure: false, Transit: 0));
            return null;
        }

        if (_records.TryGetValue(spec.Id, out TaskRecord? older))
        {
            // Another attempt, of this owner or of the next one: the older one's outcome would be refused.
            Abandon(older);
        }

        TaskRecord task = spec.ToRecord(job, null, actor, message.Inputs.Count == 0 ? null : [.. message.Inputs.Select(ToEntry)]);
        task.Origin = from;
        task.AttemptNumber = message.Attempt;
        task.Hops = message.Hops;
        task.Kept = message.Kept.Count == 0 ? null : [.. message.Kept];
        if (task.Stream is { } stream)
        {
            stream.Produced = message.Produced;
            stream.Until = message.Until;
        }

        _records.Add(spec.Id, task);
        ObjectEntry[] covered = [.. (task.Inputs ?? []).Where(i => i.Shared is not null).Distinct()];
        if (covered.Length > 0)
        {
            SharedTable.Cover(covered);
            _covered.Add(spec.Id, covered);
        }

        return task;
    }

    /// <summary>The calls of other nodes at an actor.</summary>
    public IEnumerable<TaskRecord> CallsOf(ActorRecord actor) => _records.Values.Where(t => t.Actor == actor && t.Kind == TaskKind.ActorCall);

    public TaskRecord? Find(TaskId task) => _records.GetValueOrDefault(task);

    /// <summary>The owner gives the attempt up.</summary>
    public void OnCancel(NodeId from, CancelMessage message)
    {
        if (_records.TryGetValue(message.Task, out TaskRecord? task) && task.Origin == from && task.AttemptNumber == message.Attempt)
        {
            tasks.Cancellation.Cancel(task, message.Recursive, message.IsForced);
        }
    }

    /// <summary>The owner's reader has taken items: the attempt may make more.</summary>
    public void OnRoom(NodeId from, StreamRoomMessage message)
    {
        if (_records.TryGetValue(message.Task, out TaskRecord? task) && task.Origin == from && task.AttemptNumber == message.Attempt
            && task.Stream is { } stream && message.Until > stream.Until)
        {
            stream.Until = message.Until;
            StreamMachine.LetGoOn(objects, task);
        }
    }

    /// <summary>The running attempt has made an item: it goes to the owner, behind those before it, once the table knows what must outlive it.</summary>
    public void Yield(TaskRecord task, int index, object? value, long size, ObjectEntry[]? contained)
    {
        NodeId owner = task.Origin;
        StreamItemMessage? message = null;
        Barrier barrier = new(links.Released, InOrder(task, () => links.Send(owner, message!)));
        List<ObjectEntry> transit = [];
        RemoteResult item = ToResult(task, index + 1, value, size, contained, owner, transit, barrier);
        message = new StreamItemMessage(task.TaskId, task.AttemptNumber, index, item, BeginTransit(owner, transit));
        barrier.Done();
    }

    /// <summary>An attempt ended: its outcome goes to the owner once the table knows what must outlive it.</summary>
    public void End(TaskRecord task, in Outcome outcome)
    {
        NodeId owner = task.Origin;
        CompletedMessage? message = null;
        Barrier barrier = new(links.Released, InOrder(task, () => links.Send(owner, message!)));
        List<ObjectEntry> transit = [];
        List<RemoteResult> results = [];
        List<NestedResult> nested = [];
        if (outcome.Failure is null)
        {
            Dictionary<ObjectEntry, ObjectEntry> entries = [];
            foreach (NestedValue value in outcome.Nested ?? [])
            {
                nested.Add(new NestedResult(value.Index, ToResult(task, value.Index, value.Value, value.Size, value.Contained, owner, transit, barrier)));
                entries[value.Put] = shared.FindOrCreate(RefOf(task, value.Index, owner));
            }

            results.Add(task.Parts is null
                ? ToResult(task, 0, outcome.Value, outcome.Size, NestedResults.Replace(outcome.Contained, entries), owner, transit, barrier)
                : NotMade);
            for (int i = 0; i < (outcome.Parts?.Length ?? 0); i++)
            {
                PartValue part = outcome.Parts![i];
                results.Add(ToResult(task, i + 1, part.Value, part.Size, NestedResults.Replace(part.Contained, entries), owner, transit, barrier));
            }

            // Who nothing came to refer to.
            foreach (ObjectEntry entry in entries.Values)
            {
                shared.Evaluate(entry);
            }
        }

        message = new CompletedMessage(
            task.TaskId, task.AttemptNumber, results, nested, outcome.Failure, outcome.IsRetriable, outcome.IsSystemFailure, BeginTransit(owner, transit))
        { Blame = outcome.Blame };
        _ending = barrier;
        task.State = outcome.Failure is null ? TaskState.Succeeded : TaskState.Failed;
        tasks.End(task);
        barrier.Done();
    }

    /// <summary>The record has ended: by its outcome, or because it is not wanted.</summary>
    public void OnEnded(TaskRecord task)
    {
        Barrier? ending = _ending;
        _ending = null;
        Barrier? givenUp = null;
        if (ending is null && links.IsAlive(task.Origin))
        {
            // The owner holds the inputs until it hears that what is still held of them here is known.
            Failure why = task.Value as Failure ?? Cancellation.FailureOf(task, "it was cancelled");
            Message message = task == _sentBack
                ? new RefusedMessage(task.TaskId, task.AttemptNumber, IsMoved: true)
                : new CompletedMessage(task.TaskId, task.AttemptNumber, [], [], why, IsRetriable: false, IsSystemFailure: false, Transit: 0);
            ending = givenUp = new Barrier(links.Released, InOrder(task, () => links.Send(task.Origin, message)));
        }

        if (_records.TryGetValue(task.TaskId, out TaskRecord? current) && current == task)
        {
            _records.Remove(task.TaskId);
            if (_covered.Remove(task.TaskId, out ObjectEntry[]? covered))
            {
                shared.Uncover(covered, ending);
            }
        }

        if (task.Kind != TaskKind.ActorCreation)
        {
            objects.End(task);
            foreach (ObjectEntry part in task.Parts ?? [])
            {
                objects.End(part);
            }
        }

        givenUp?.Done();
    }

    public void OnTransitDone(long number)
    {
        if (_transits.Remove(number, out (NodeId To, ObjectEntry[] Entries) transit))
        {
            foreach (ObjectEntry entry in transit.Entries)
            {
                objects.ReleaseUse(entry);
            }
        }
    }

    /// <summary>An owner died: nobody wants its attempts, and nothing is on the way to it.</summary>
    public void OnDied(NodeId node)
    {
        foreach (TaskRecord task in _records.Values.Where(t => t.Origin == node).ToList())
        {
            Abandon(task);
        }

        foreach (long number in _transits.Where(t => t.Value.To == node).Select(t => t.Key).ToList())
        {
            OnTransitDone(number);
        }
    }

    public void Abandon(TaskRecord task)
    {
        if (!task.IsTerminal)
        {
            tasks.Cancellation.Cancel(task, recursive: true);
        }
    }

    /// <summary>A call that has not started goes back to its caller, who sends it to where the actor is. That is the one answer to its <c>Execute</c>.</summary>
    public void SendBack(TaskRecord call)
    {
        _sentBack = call;
        Abandon(call);
        _sentBack = null;
    }

    private static readonly RemoteResult NotMade = new(null, IsStored: false, 0, []);

    /// <summary>What a stream's task has to say leaves in the order in which this is called, however long each waits.</summary>
    private static Action InOrder(TaskRecord task, Action send)
    {
        if (task.Stream is not { } stream)
        {
            return send;
        }

        OrderedSends.Slot slot = stream.Sends.Begin();
        return () => slot.Ready(send);
    }

    /// <summary>Results are on their way: the number under which they, and what they refer to, are held until they have arrived; 0: nothing is.</summary>
    private long BeginTransit(NodeId owner, List<ObjectEntry> transit)
    {
        if (transit.Count == 0)
        {
            return 0;
        }

        _transits.Add(++_lastTransit, (owner, [.. transit]));
        return _lastTransit;
    }

    private static RemoteRef RefOf(TaskRecord task, int index, NodeId owner) => new(new ObjectId(task.TaskId, index), owner, task.Job.Id, task.Job.Driver);

    private TaskRecord? _sentBack;
    private Barrier? _ending;

    private ObjectEntry ToEntry(RemoteInput input)
    {
        if (!input.IsInline)
        {
            return shared.FindOrCreate(input.Ref);
        }

        ObjectEntry entry = new(input.Ref.Id.Task, input.Ref.Id.Index);
        objects.Link(entry);
        objects.SetValue(entry, input.Value, input.Size, null, 0);
        return entry;
    }

    private RemoteResult ToResult(
        TaskRecord task, int index, object? value, long size, ObjectEntry[]? contained, NodeId owner, List<ObjectEntry> transit, Barrier barrier)
    {
        if (task.Kept?.Contains(index) == true)
        {
            tasks.Refuse(Outcome.Success(value));
            return NotMade;
        }

        foreach (ObjectEntry inner in contained ?? [])
        {
            objects.Use(inner);
            transit.Add(inner);
            publications.Expose(inner, barrier);
        }

        List<RemoteRef> refs = shared.RefsOf(contained);
        if (size <= options.InlineBytes)
        {
            return new RemoteResult(value, IsStored: false, size, refs);
        }

        RemoteRef id = RefOf(task, index, owner);
        ObjectEntry copy = shared.FindOrCreate(id);
        SharedState state = copy.Shared!;
        if (copy.Status is ObjectStatus.Available or ObjectStatus.Remote or ObjectStatus.Deleted)
        {
            shared.DropValue(copy, ObjectStatus.Pending);
        }

        if (objects.SetValue(copy, value, size, contained, task.AttemptNumber))
        {
            // Held like what it refers to, until the owner's hold is recorded.
            objects.Use(copy);
            transit.Add(copy);
            state.HasCopy = state.IsPrimary = true;
            links.SendToShardOf(task.TaskId, new ObjectMessage(new ObjectReport(
                id, ObjectStatus.Remote, task.AttemptNumber, size, null, refs, IsHere: true, HoldLevel.None)), barrier);
            shared.Evaluate(copy);
            state.WaitForReport(barrier);
        }
        else
        {
            tasks.Refuse(Outcome.Success(value));
        }

        return new RemoteResult(null, IsStored: true, size, refs);
    }
}
