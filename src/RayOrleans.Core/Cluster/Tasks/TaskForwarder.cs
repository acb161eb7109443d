namespace RayOrleans.Core;

/// <summary>
/// An owner's tasks that run elsewhere: where they go, what comes back, and what happens when it does not. Only here are attempts
/// numbered and outcomes accepted.
/// </summary>
internal sealed class TaskForwarder(
    ClusterOptions options, ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, TaskMachine tasks, Outbox outbox)
{
    private readonly Dictionary<TaskId, TaskRecord> _forwarded = [];
    private readonly Dictionary<TaskId, (TaskRecord Task, PlacementRequest Request)> _placing = [];

    /// <summary>Inputs of attempts that were given up while another node had them: held until that node has told what it still holds.</summary>
    private readonly Dictionary<(TaskId Task, int Attempt, NodeId Node), ObjectEntry[]> _recalled = [];

    public int Count => _forwarded.Count + _placing.Count + _recalled.Count;

    /// <summary>The time of the last command that told it.</summary>
    public long Now { get; set; }

    public IEnumerable<TaskRecord> Forwarded => _forwarded.Values;

    public TaskRecord? Find(TaskId task) => _forwarded.GetValueOrDefault(task);

    /// <summary>Asks a global scheduler where the task should run.</summary>
    /// <param name="task">The task.</param>
    /// <param name="excluded">A node that refused it.</param>
    /// <param name="fixedNode">For an actor that has a grain: the node it must live on.</param>
    public void AskWhere(TaskRecord task, NodeId excluded, NodeId fixedNode = default)
    {
        ObjectId[] inputs = options.UseLocality
            ? [.. (task.Inputs ?? []).Take(task.DependencyCount).Where(i => i.Shared is not null && i.Size > options.InlineBytes).Select(i => i.Id)]
            : [];
        PlacementRequest request = new(task.TaskId, options.Self, task.Options.Shape, task.Options.Spread, task.Options.Labels, inputs, excluded)
        {
            LocalBytes = options.UseLocality ? LocalBytes(task) : 0,
            InputBytes = InputBytes(task),
            Incarnation = options.ActorsHaveGrains && task is { Kind: TaskKind.ActorCreation, Actor: { } actor } ? actor.Incarnation : -1,
            Fixed = fixedNode,
        };
        task.State = TaskState.Placing;
        _placing[task.TaskId] = (task, request);
        outbox.Add(EffectKind.Place, task, request);
    }

    /// <summary>The answer to a request; null when it is not waited for any more.</summary>
    public TaskRecord? TakePlaced(PlacementRequest request) =>
        _placing.TryGetValue(request.Task, out (TaskRecord Task, PlacementRequest Request) placing) && ReferenceEquals(placing.Request, request) && _placing.Remove(request.Task)
            ? placing.Task
            : null;

    /// <summary>Sends a call to the node its actor lives on; calls of one node leave in the order in which this is called.</summary>
    public void ForwardCall(TaskRecord call, ActorRecord actor) => Forward(call, actor.HostNode, actor.Incarnation, actor.Sends.Begin());

    /// <summary>Sends the task to a node.</summary>
    public void Forward(TaskRecord task, NodeId node, int incarnation = 0, OrderedSends.Slot? slot = null)
    {
        task.State = TaskState.Forwarded;
        task.RunsOn = node;
        task.HasLeft = false;
        _forwarded[task.TaskId] = task;
        int attempt = task.AttemptNumber;
        ExecuteMessage? message = null;
        void Leave()
        {
            if (task.State == TaskState.Forwarded && task.RunsOn == node && task.AttemptNumber == attempt)
            {
                task.HasLeft = true;
                links.Send(node, task.Stream is { } stream ? message! with { Produced = stream.Produced, Until = stream.Until } : message!);
            }
        }

        Barrier barrier = new(links.Released, () =>
        {
            if (slot is null)
            {
                Leave();
            }
            else
            {
                slot.Ready(Leave);
            }
        });
        ObjectEntry[] inputs = task.Inputs ?? [];
        RemoteInput[] sent = new RemoteInput[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            sent[i] = ToInput(inputs[i], isArgument: i < task.DependencyCount, barrier);
        }

        int[] kept = KeptOf(task);
        task.Kept = kept.Length == 0 ? null : [.. kept];
        message = new ExecuteMessage(publications.SpecOf(task), attempt, sent, task.Hops + 1, incarnation) { Kept = kept };
        barrier.Done();
    }

    /// <summary>The reader of a stream has taken items: the attempt elsewhere may go on. One that has not left takes the word along.</summary>
    public void TellRoom(TaskRecord task)
    {
        if (task.HasLeft)
        {
            links.Send(task.RunsOn, new StreamRoomMessage(task.TaskId, task.AttemptNumber, task.Stream!.Until));
        }
    }

    /// <summary>The task is not wanted where it is.</summary>
    public void Recall(TaskRecord task, bool byForce)
    {
        _placing.Remove(task.TaskId);
        if (_forwarded.Remove(task.TaskId))
        {
            OutgoingCalls.OnBack(task);
            if (task.HasLeft)
            {
                links.Send(task.RunsOn, new CancelMessage(task.TaskId, task.AttemptNumber, Recursive: true, byForce));
                if (task.Inputs is { } inputs)
                {
                    Array.ForEach(inputs, objects.Use);
                    _recalled[(task.TaskId, task.AttemptNumber, task.RunsOn)] = inputs;
                }
            }

            task.RunsOn = NodeId.None;
        }
    }

    /// <summary>An outcome came. Accepted if it is that of the current attempt on that node, else refused.</summary>
    /// <returns>The task, when it was accepted.</returns>
    public TaskRecord? OnCompleted(NodeId from, CompletedMessage message)
    {
        if (!_forwarded.TryGetValue(message.Task, out TaskRecord? task) || task.RunsOn != from || task.AttemptNumber != message.Attempt)
        {
            Refuse(from, message);
            LetGo((message.Task, message.Attempt, from));
            return null;
        }

        _forwarded.Remove(message.Task);
        OutgoingCalls.OnBack(task);
        task.RunsOn = NodeId.None;
        Barrier? received = message.Transit == 0 ? null : new Barrier(links.Released, () => links.Send(from, new TransitDoneMessage(message.Transit)));
        if (message.Failure is null)
        {
            SetResults(from, task, message, received);
        }

        tasks.CompleteRemote(task, message.Failure, message.IsRetriable, message.IsSystemFailure, Now, message.Blame);
        received?.Done();
        return task;
    }

    /// <summary>An item of a stream came. Accepted if it is the next one, of the current attempt on that node, else refused.</summary>
    public void OnItem(NodeId from, StreamItemMessage message)
    {
        if (!_forwarded.TryGetValue(message.Task, out TaskRecord? task) || task.RunsOn != from || task.AttemptNumber != message.Attempt
            || task.Stream is not { } stream || message.Index != stream.Produced)
        {
            DiscardStored(message.Task, message.Attempt, message.Index + 1, message.Item, from);
            if (message.Transit != 0)
            {
                links.Send(from, new TransitDoneMessage(message.Transit));
            }

            return;
        }

        Barrier? received = message.Transit == 0 ? null : new Barrier(links.Released, () => links.Send(from, new TransitDoneMessage(message.Transit)));
        stream.Produced++;
        ObjectEntry item = new(task.TaskId, message.Index + 1);
        item.Uses++;
        objects.Link(item);
        SetResult(from, task, item, message.Item, received);
        stream.Add(item);
        StreamMachine.Tell(objects, stream);
        received?.Done();
    }

    /// <summary>The node does not run it.</summary>
    public TaskRecord? OnRefused(NodeId from, RefusedMessage message)
    {
        if (!_forwarded.TryGetValue(message.Task, out TaskRecord? task) || task.RunsOn != from || task.AttemptNumber != message.Attempt)
        {
            LetGo((message.Task, message.Attempt, from));
            return null;
        }

        _forwarded.Remove(message.Task);
        OutgoingCalls.OnBack(task);
        task.RunsOn = NodeId.None;
        task.Hops++;
        return task;
    }

    /// <summary>A node died: the tasks that were there, taken out.</summary>
    public List<TaskRecord> TakeFrom(NodeId node)
    {
        List<TaskRecord> lost = [.. _forwarded.Values.Where(t => t.RunsOn == node).OrderBy(t => t.SubmittedAt)];
        foreach (TaskRecord task in lost)
        {
            _forwarded.Remove(task.TaskId);
            OutgoingCalls.OnBack(task);
            task.RunsOn = NodeId.None;
        }

        foreach ((TaskId, int, NodeId) recalled in _recalled.Keys.Where(r => r.Node == node).ToList())
        {
            LetGo(recalled);
        }

        return lost;
    }

    private void LetGo((TaskId Task, int Attempt, NodeId Node) recalled)
    {
        if (_recalled.Remove(recalled, out ObjectEntry[]? inputs))
        {
            Array.ForEach(inputs, objects.ReleaseUse);
        }
    }

    public static Failure NodeDied(TaskRecord task, NodeId node) => new(
        FailureKind.NodeDied, $"{task.Name ?? task.TaskId.ToString()} has no result: node {node}, which ran it, died.", null, task.TaskId, task.Name, Attempt.OrdinalOf(task.AttemptNumber))
    {
        Node = node,
    };

    private long LocalBytes(TaskRecord task) =>
        (task.Inputs ?? []).Take(task.DependencyCount).Where(i => i.Status == ObjectStatus.Available && i.Size > options.InlineBytes).Sum(i => i.Size);

    private long InputBytes(TaskRecord task) =>
        (task.Inputs ?? []).Take(task.DependencyCount).Where(i => i.Size > options.InlineBytes).Distinct().Sum(i => i.Size);

    private RemoteInput ToInput(ObjectEntry input, bool isArgument, Barrier barrier)
    {
        // A value that refers to nothing and is small is a copy like any other; references inside would need holds of their own.
        if (isArgument && input.Status == ObjectStatus.Available && !shared.IsStored(input) && input.Contained is null)
        {
            return new RemoteInput(shared.RefOf(input), IsInline: true, input.Value, input.Size);
        }

        // Whoever runs it relies on this node's hold, which must be there first.
        publications.Expose(input, barrier);
        input.Shared!.WaitForReport(barrier);
        return new RemoteInput(shared.RefOf(input), IsInline: false, null, input.Size);
    }

    /// <summary>Results that are there, or that nobody wants, while others of the task were lost.</summary>
    private static int[] KeptOf(TaskRecord task)
    {
        if (task.Parts is null && task.Nested is null)
        {
            return [];
        }

        bool makesReferences = NestedResults.MakesReferences(task);
        return [.. Publications.EntriesOf(task)
            .Where(e => e.Status != ObjectStatus.Pending && !(makesReferences && e.Status == ObjectStatus.Deleted && NestedResults.IsNested(e)))
            .Where(e => e != task || task.Parts is null)
            .Select(e => e.Id.Index)];
    }

    private void SetResults(NodeId from, TaskRecord task, CompletedMessage message, Barrier? received)
    {
        // What others refer to first: whoever sees a result settled sees its parts, and what it refers to, settled.
        bool makesReferences = NestedResults.MakesReferences(task);
        List<ObjectEntry> nested = [];
        foreach (NestedResult result in message.Nested)
        {
            if (tasks.Nested.Open(task, result.Index, makesReferences) is { } entry)
            {
                shared.Share(entry);
                objects.Use(entry);
                nested.Add(entry);
                SetResult(from, task, entry, result.Result, received);
            }
            else
            {
                DiscardStored(message.Task, message.Attempt, result.Index, result.Result, from);
            }
        }

        for (int i = message.Results.Count - 1; i >= 0; i--)
        {
            SetResult(from, task, i == 0 ? task : task.Parts![i - 1], message.Results[i], received);
        }

        tasks.Nested.Release(nested);
    }

    private void SetResult(NodeId from, TaskRecord task, ObjectEntry entry, RemoteResult result, Barrier? received)
    {
        if (entry.Status != ObjectStatus.Pending || task.Kept?.Contains(entry.Id.Index) == true)
        {
            DiscardStored(task.TaskId, task.AttemptNumber, entry.Id.Index, result, from);
            return;
        }

        ObjectEntry[]? contained = entry == task && task.Parts is { } parts
            ? parts
            : result.Contained.Count == 0 ? null : [.. result.Contained.Select(shared.FindOrCreate)];
        if (result.IsStored)
        {
            SharedState state = shared.Share(entry);
            state.Locations = [from];
            objects.SetRemote(entry, result.Size, contained, task.AttemptNumber);
            shared.Evaluate(entry);
            if (state.Reported == HoldLevel.None)
            {
                // Nobody here wants it any more: the table says when it may be forgotten, and may not have heard of it.
                shared.Report(entry, HoldLevel.None);
            }

            if (received is not null)
            {
                state.WaitForReport(received);
            }
        }
        else
        {
            object? value = entry == task && task.Parts is not null ? options.MakeTuple(task.Parts) : result.Value;
            objects.SetValue(entry, value, result.Size, contained, task.AttemptNumber);
        }

        foreach (ObjectEntry inner in contained ?? [])
        {
            shared.Evaluate(inner);
            if (received is not null)
            {
                inner.Shared?.WaitForReport(received);
            }
        }
    }

    private void Refuse(NodeId from, CompletedMessage message)
    {
        for (int i = 0; i < message.Results.Count; i++)
        {
            DiscardStored(message.Task, message.Attempt, i, message.Results[i], from);
        }

        foreach (NestedResult nested in message.Nested)
        {
            DiscardStored(message.Task, message.Attempt, nested.Index, nested.Result, from);
        }

        if (message.Transit != 0)
        {
            links.Send(from, new TransitDoneMessage(message.Transit));
        }
    }

    /// <summary>A stored result that is not wanted: its copy goes.</summary>
    private void DiscardStored(TaskId task, int attempt, int index, RemoteResult result, NodeId from)
    {
        ObjectId id = new(task, index);
        if (result.IsStored && shared.Find(id)?.Version != attempt)
        {
            links.Send(from, new DiscardMessage(id, attempt));
        }
    }
}
