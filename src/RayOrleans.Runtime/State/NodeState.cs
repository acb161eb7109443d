using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Listings of what the node is doing, put together from the engine's live records and the event log.</summary>
internal sealed class NodeState(NodeServices node) : IRayState
{
    private const int MaxRecords = 10_000;

    /// <summary>When the node started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public async ValueTask<StateList<NodeInfo>> NodesAsync(Func<NodeInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        await List(await NodesAsync(cancellationToken).ConfigureAwait(false), filter, limit, cancellationToken).ConfigureAwait(false);

    public ValueTask<StateList<TaskInfo>> TasksAsync(Func<TaskInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        List<TaskInfo> live = node.Gate.Do(engine => engine.Entries().OfType<TaskRecord>().Where(t => !t.IsTerminal).Take(MaxRecords).Select(t => Describe(t, engine.Unschedulable(t))).ToList());
        HashSet<(TaskId, int)> seen = [.. live.Select(t => (t.TaskId, t.Attempt))];
        IEnumerable<TaskInfo> ended = node.Events.Snapshot().Take(MaxRecords).Select(Describe).Where(t => !seen.Contains((t.TaskId, t.Attempt)));
        return List(live.Concat(ended), filter, limit, cancellationToken, node.Events.Thinned > 0);
    }

    public ValueTask<StateList<ActorInfo>> ActorsAsync(Func<ActorInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        List(node.Gate.Do(engine => engine.Actors.Take(MaxRecords).Select(Describe).ToList()), filter, limit, cancellationToken);

    public ValueTask<StateList<ObjectInfo>> ObjectsAsync(Func<ObjectInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        List(node.Gate.Do(engine => engine.Entries().Where(e => e.IsHeld).Take(MaxRecords).Select(Describe).ToList()), filter, limit, cancellationToken);

    public ValueTask<StateList<JobInfo>> JobsAsync(Func<JobInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        List(
            [
                new JobInfo
                {
                    JobId = node.Pool.DriverRay!.Job.Id,
                    Namespace = node.Pool.DriverRay.Namespace,
                    Driver = $"{Environment.ProcessPath ?? "?"} (process {Environment.ProcessId})",
                    IsRunning = node.Stopped is null,
                    StartedAt = StartedAt,
                },
            ],
            filter,
            limit,
            cancellationToken);

    public ValueTask<StateList<PlacementGroupInfo>> PlacementGroupsAsync(
        Func<PlacementGroupInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        List(node.PlacementGroups.List(), filter, limit, cancellationToken);

    public IReadOnlyList<FlowEvent> Flow() => node.Cluster?.Flow.Snapshot() ?? [];

    /// <summary>The cluster's nodes, this one first.</summary>
    public async ValueTask<IReadOnlyList<NodeInfo>> NodesAsync(CancellationToken cancellationToken) =>
        node.Cluster is { } cluster && node.Stopped is null ? [Self(), .. await cluster.View.OthersAsync(cancellationToken).ConfigureAwait(false)] : [Self()];

    public NodeInfo Self() => new()
    {
        NodeId = node.NodeId,
        IsAlive = node.Stopped is null,
        Address = "embedded",
        Resources = node.Engine.Resources.Total.ToDictionary(),
        AvailableResources = node.Gate.Do(engine => engine.Resources.Free()),
        Labels = node.Options.Labels,
        ObjectStoreBytes = node.Store.CapacityBytes,
        ObjectStoreUsedBytes = node.Store.UsedBytes,
        ObjectStore = StoreInfo(),
        StartedAt = StartedAt,
        DeathReason = node.Stopped,
    };

    private ObjectStoreInfo StoreInfo()
    {
        ObjectStore.StoreTotals totals = node.Store.GetTotals();
        return new ObjectStoreInfo
        {
            PrimaryBytes = totals.PrimaryBytes,
            SecondaryBytes = totals.SecondaryBytes,
            PinnedBytes = totals.PinnedBytes,
            SpilledBytes = totals.Spill.LiveBytes,
            SpilledObjects = totals.Spill.LiveObjects,
            DiskOnlyBytes = totals.Spill.DiskOnlyBytes,
            SpillFileBytes = totals.Spill.FileBytes,
            Spills = totals.Spill.Spills,
            SpilledBytesTotal = totals.Spill.SpilledBytes,
            SpillBytesPerSecond = Rate(totals.Spill.SpilledBytes, totals.Spill.SpillTime),
            Restores = totals.Spill.Restores,
            RestoredBytesTotal = totals.Spill.RestoredBytes,
            RestoreBytesPerSecond = Rate(totals.Spill.RestoredBytes, totals.Spill.RestoreTime),
            Evictions = totals.Evictions,
            SpillError = totals.Spill.LastError,
        };
    }

    private static double Rate(long bytes, TimeSpan time) => time > TimeSpan.Zero ? bytes / time.TotalSeconds : 0;

    private static ValueTask<StateList<T>> List<T>(
        IEnumerable<T> all, Func<T, bool>? filter, int limit, CancellationToken cancellationToken, bool isPartial = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        cancellationToken.ThrowIfCancellationRequested();
        List<T> matching = [.. filter is null ? all : all.Where(filter)];
        return new(new StateList<T>([.. matching.Take(limit)], matching.Count, isPartial));
    }

    private static TaskState StateOf(TaskRecord task) => task.State switch
    {
        Core.TaskState.Waiting => TaskState.WaitingForArguments,
        Core.TaskState.Ready => TaskState.WaitingForResources,
        Core.TaskState.Running or Core.TaskState.Forwarded => TaskState.Running,
        Core.TaskState.Placing or Core.TaskState.Elsewhere => TaskState.WaitingForResources,
        Core.TaskState.Succeeded => TaskState.Succeeded,
        Core.TaskState.Cancelled => TaskState.Cancelled,
        _ => TaskState.Failed,
    };

    private static TaskKind KindOf(Core.TaskKind kind) => kind switch
    {
        Core.TaskKind.ActorCreation => TaskKind.ActorCreation,
        Core.TaskKind.ActorCall => TaskKind.ActorCall,
        _ => TaskKind.Task,
    };

    private TaskInfo Describe(TaskRecord task, string? unschedulable)
    {
        Dictionary<TaskState, DateTimeOffset> times = new() { [TaskState.Submitted] = Clock.ToTime(task.SubmittedAt) };
        TaskScope? scope = task.Current?.Host as TaskScope;
        if (scope is not null)
        {
            times[TaskState.Running] = Clock.ToTime(scope.StartedAt);
        }

        return new TaskInfo
        {
            TaskId = task.TaskId,
            Attempt = task.AttemptNumber,
            ParentTaskId = task.ParentId,
            JobId = task.Job.Id,
            ActorId = task.Actor?.Id ?? ActorId.None,
            NodeId = scope is null ? NodeId.None : node.NodeId,
            WorkerId = scope?.WorkerId ?? default,
            Name = task.Name ?? "",
            Kind = KindOf(task.Kind),
            State = StateOf(task),
            RequiredResources = task.Options.Shape.ToDictionary(),
            StateTimes = times,
            ErrorType = unschedulable is null ? null : nameof(FailureKind.Unschedulable),
            ErrorMessage = unschedulable,
        };
    }

    private TaskInfo Describe(TaskEvent ended)
    {
        TaskState state = ended.State switch
        {
            Core.TaskState.Succeeded => TaskState.Succeeded,
            Core.TaskState.Cancelled => TaskState.Cancelled,
            _ => TaskState.Failed,
        };
        Dictionary<TaskState, DateTimeOffset> times = new()
        {
            [TaskState.Submitted] = Clock.ToTime(ended.SubmittedAt),
            [state] = Clock.ToTime(ended.EndedAt),
        };
        if (ended.StartedAt != 0)
        {
            times[TaskState.Running] = Clock.ToTime(ended.StartedAt);
        }

        return new TaskInfo
        {
            TaskId = ended.TaskId,
            Attempt = ended.Attempt,
            ParentTaskId = ended.ParentId,
            JobId = ended.JobId,
            ActorId = ended.ActorId,
            NodeId = ended.StartedAt == 0 ? NodeId.None : node.NodeId,
            WorkerId = new WorkerId(ended.Worker),
            Name = ended.Name ?? "",
            Kind = KindOf(ended.Kind),
            State = state,
            RequiredResources = ended.Options.Shape.ToDictionary(),
            StateTimes = times,
            ErrorType = ended.Failure is { } failure ? (failure.Cause as Exception)?.GetType().FullName ?? (failure.Cause as Wire.PackedCause)?.TypeName ?? failure.Kind.ToString() : null,
            ErrorMessage = ended.Failure?.Message,
        };
    }

    private ActorInfo Describe(ActorRecord actor) => new()
    {
        ActorId = actor.Id,
        ClassName = actor.ClassName ?? "",
        Name = actor.Options.Name,
        Namespace = actor.Options.Namespace,
        JobId = actor.Creation.Job.Id,
        State = actor.State switch
        {
            Core.ActorState.Pending => actor.Creation.State == Core.TaskState.Waiting ? ActorState.WaitingForArguments : ActorState.Pending,
            Core.ActorState.Alive => ActorState.Alive,
            Core.ActorState.Restarting => ActorState.Restarting,
            _ => ActorState.Dead,
        },
        IsDetached = actor.Options.IsDetached,
        NodeId = actor.State == Core.ActorState.Alive ? node.NodeId : NodeId.None,
        Restarts = actor.RestartsUsed,
        PendingCalls = actor.PendingCalls,
        Resources = (actor.Options.KeepsResources ? actor.Creation.Options.Shape : ResourceShape.Zero).ToDictionary(),
        DeathReason = actor.Death?.Message,
    };

    /// <summary>What made an object, for people.</summary>
    public static string CreatorOf(ObjectEntry entry) =>
        entry.Producer is { } task ? task.Name ?? task.TaskId.ToString() : entry.Id.IsPut ? "Put" : "stream";

    public ObjectInfo Describe(ObjectEntry entry) => new()
    {
        ObjectId = entry.Id,
        TaskId = entry.TaskId,
        JobId = (entry.Producer?.Job ?? node.Pool.DriverRay!.Job).Id,
        SizeBytes = entry.Status == ObjectStatus.Available ? entry.Size : null,
        IsReady = entry.IsSettled,
        Locations = entry.Status == ObjectStatus.Available ? [node.NodeId] : [],
        Holds = entry.Holds + entry.Uses,
        Pins = (entry.Value as StoreValue)?.Stored.PinCount ?? 0,
        IsSpilled = entry.Value is StoreValue { Stored.IsInMemory: false },
        CreatedBy = CreatorOf(entry),
    };
}
