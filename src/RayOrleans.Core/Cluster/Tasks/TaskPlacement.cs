namespace RayOrleans.Core;

/// <summary>Where this node's tasks run: here, on the node that is asked for, where a global scheduler says, or nowhere yet.</summary>
internal sealed class TaskPlacement(
    ClusterOptions options, ClusterLinks links, ObjectTable objects, ResourceLedger ledger, Dispatcher dispatcher, TaskMachine tasks, TaskForwarder forwarder, RemoteActors actors)
{
    /// <summary>No node was found for these; they are asked for again with every tick.</summary>
    private readonly HashSet<TaskRecord> _unplaced = [];
    private readonly UnknownNodes _unknown = new(options.UnknownNodePatience);
    private long _loadVersion;

    /// <summary>How long tasks run here, on average, in the runtime's ticks; told by the runtime.</summary>
    public double AverageTaskTicks { get; set; }

    /// <summary>The bandwidth of pulls, on average, in bytes per tick; told by the runtime.</summary>
    public double BytesPerTick { get; set; }

    /// <summary>The heartbeat to the global schedulers.</summary>
    public NodeLoad Load() => new(
        options.Self, ++_loadVersion, ledger.Total, ledger.FreeShape(), dispatcher.ReadyCount, AverageTaskTicks, BytesPerTick, options.Labels);

    /// <summary>Whether this node's local scheduler would keep what is asked for: it has room now, and what is needed is not large and elsewhere.</summary>
    public bool WouldKeep(PlacementRequest request) =>
        !request.Spread && request.Excluded != options.Self && ledger.Fits(request.Shape) && EstimatedWait <= options.LongWait
        && (request.Labels is not { } labels || LabelSelector.Matches(options.Labels, labels));

    /// <summary>Why a task waits that could run on a node which this one has not heard of; null: it does not wait for that.</summary>
    public string? WhyUnknown(TaskRecord task) => !_unknown.Contains(task)
        ? null
        : $"Task {task.Name ?? task.TaskId.ToString()} waits for node {task.Options.Affinity}, of which this node has not heard (soft: true falls back to another node).";

    /// <summary>The task's inputs exist: decides where it runs, or asks.</summary>
    public void Place(TaskRecord task)
    {
        TaskOptions wanted = task.Options;
        bool isPossible = wanted.Affinity == NodeId.None || links.IsAlive(wanted.Affinity);
        if (!isPossible && !wanted.IsSoftAffinity)
        {
            AwaitNode(task);
        }
        else if (options.ActorsHaveGrains && task.Kind == TaskKind.ActorCreation && wanted.Reservation is null)
        {
            forwarder.AskWhere(task, NodeId.None, isPossible ? wanted.Affinity : NodeId.None);
        }
        else if (!isPossible || wanted.Affinity == NodeId.None)
        {
            PlaceFreely(task);
        }
        else if (wanted.Affinity == options.Self)
        {
            Keep(task);
        }
        else
        {
            Send(task, wanted.Affinity);
        }
    }

    /// <summary>A node has joined, or died: decides where the tasks run that wait for word of it.</summary>
    public void PlaceThoseFor(NodeId node)
    {
        foreach (TaskRecord task in _unknown.TakeFor(node))
        {
            Place(task);
        }
    }

    /// <summary>Where a task should run; null: no scheduler answered.</summary>
    /// <returns>False: that is not waited for any more.</returns>
    public bool OnPlaced(PlacementRequest request, PlacementAnswer? answer)
    {
        if (forwarder.TakePlaced(request) is not { } task)
        {
            return false;
        }

        if (answer is null || (answer.Node != NodeId.None && !CanGoTo(task, answer.Node)))
        {
            // Runs here if it can and may, rather than not at all; else it is asked for again.
            if (!HasToBeElsewhere(task) && ledger.IsFeasible(task.Options.Shape) && MatchesLabels(task))
            {
                Keep(task);
            }
            else
            {
                _unplaced.Add(task);
                task.State = TaskState.Placing;
            }
        }
        else if (answer.Node == options.Self)
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

        return true;
    }

    /// <summary>The node that the task was sent to does not run it.</summary>
    public void OnRefused(TaskRecord task, NodeId from)
    {
        if (HasToBeElsewhere(task))
        {
            OnUnplaceable(task, $"node {from} has not what it asks for (soft: true falls back to another node)");
        }
        else if (HasGoneFarEnough(task))
        {
            Keep(task);
        }
        else
        {
            forwarder.AskWhere(task, from);
        }
    }

    /// <summary>The task is not to be placed any more.</summary>
    public void Forget(TaskRecord task)
    {
        _unplaced.Remove(task);
        _unknown.Remove(task);
    }

    /// <summary>Asks again for those that have no node, and gives up waiting for nodes that do not appear.</summary>
    public void Tick(long now)
    {
        foreach (TaskRecord task in _unplaced.ToList())
        {
            _unplaced.Remove(task);
            Place(task);
        }

        foreach (TaskRecord task in _unknown.TakeOverdue(now))
        {
            OnUnplaceable(task, $"node {task.Options.Affinity} is not in the cluster, and has not appeared in a while (soft: true falls back to another node)");
        }
    }

    /// <summary>Offers tasks that would wait long here to others: the younger half of what is queued.</summary>
    public void Rebalance()
    {
        if (links.Alive.Count < 2 || EstimatedWait <= options.LongWait)
        {
            return;
        }

        foreach (TaskRecord task in dispatcher.TakeYoungest(Math.Min(256, dispatcher.ReadyCount / 2), IsMovable))
        {
            task.IsPlacedHere = false;
            forwarder.AskWhere(task, NodeId.None);
        }
    }

    /// <summary>A node that is not there is dead for good, or one that another node has heard of first.</summary>
    private void AwaitNode(TaskRecord task)
    {
        if (links.IsDead(task.Options.Affinity))
        {
            OnUnplaceable(task, $"node {task.Options.Affinity} has left the cluster or was declared dead (soft: true falls back to another node)");
            return;
        }

        task.State = TaskState.Placing;
        _unknown.Add(task);
    }

    private bool HasToBeElsewhere(TaskRecord task) => task.Options is { IsSoftAffinity: false } wanted && wanted.Affinity != NodeId.None && wanted.Affinity != options.Self;

    private bool CanGoTo(TaskRecord task, NodeId node) => links.IsAlive(node) && (task.Options.IsSoftAffinity || task.Options.Affinity == NodeId.None || task.Options.Affinity == node);

    private void PlaceFreely(TaskRecord task)
    {
        bool isFeasible = ledger.IsFeasible(task.Options.Shape) && MatchesLabels(task);
        if (task.Options.Reservation is not null || (links.Alive.Count == 1 && isFeasible) || HasGoneFarEnough(task))
        {
            Keep(task);
        }
        else if (isFeasible && !task.Options.Spread && task.Hops == 0 && EstimatedWait <= options.LongWait && BytesElsewhere(task) <= options.SmallInputBytes && objects.Fit!.Fits(task))
        {
            Keep(task);
        }
        else
        {
            forwarder.AskWhere(task, NodeId.None);
        }
    }

    /// <summary>Whether it has been sent about so often that it stays here, where it can run.</summary>
    private bool HasGoneFarEnough(TaskRecord task) =>
        task.Hops > 0 && task.Hops >= options.MaxHops && ledger.IsFeasible(task.Options.Shape) && MatchesLabels(task);

    private double EstimatedWait => dispatcher.ReadyCount * AverageTaskTicks / Math.Max(1, ledger.Total.Cpu / (double)ResourceAmount.One);

    private long BytesElsewhere(TaskRecord task)
    {
        long bytes = 0;
        for (int i = 0; options.UseLocality && i < task.DependencyCount; i++)
        {
            ObjectEntry input = task.Inputs![i];
            if (input.Status == ObjectStatus.Remote)
            {
                bytes += input.Size;
            }
        }

        return bytes;
    }

    private bool MatchesLabels(TaskRecord task) => task.Options.Labels is not { } wanted || LabelSelector.Matches(options.Labels, wanted);

    private void Keep(TaskRecord task)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            actors.OnHostChosen(task, options.Self);
        }

        tasks.Keep(task);
    }

    private void Send(TaskRecord task, NodeId node)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            actors.OnHostChosen(task, node);
        }

        forwarder.Forward(task, node, task.Actor?.Incarnation ?? 0);
    }

    private void OnUnplaceable(TaskRecord task, string why)
    {
        tasks.OnUnplaceable(task, why);
        if (!task.IsTerminal)
        {
            _unplaced.Add(task);
            task.State = TaskState.Placing;
        }
    }

    private bool IsMovable(TaskRecord task) =>
        !task.IsForeign && !HasGoneFarEnough(task) && task is { Kind: TaskKind.Normal, IsWanted: false } && task.Options is { Reservation: null } && task.Options.Affinity == NodeId.None;
}
