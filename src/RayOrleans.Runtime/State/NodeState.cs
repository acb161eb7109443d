using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Listings of what the node is doing, put together from the engine's live records and the event log.</summary>
internal sealed class NodeState(NodeServices node) : IRayState
{
    /// <summary>How many records a listing looks at.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>How many of the tasks that have ended a node tells others of; older ones are in the event table.</summary>
    private const int EndedRecords = 1_000;

    /// <summary>When the node started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public async ValueTask<StateList<NodeInfo>> NodesAsync(Func<NodeInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Task<Listing<NodeInfo>>? dead = Cluster?.DeadNodesAsync(cancellationToken);
        IReadOnlyList<NodeInfo> alive = await NodesAsync(cancellationToken).ConfigureAwait(false);
        Listing<NodeInfo> gone = dead is null ? new Listing<NodeInfo>([], [], 0, false) : await dead.ConfigureAwait(false);
        HashSet<NodeId> there = [.. alive.Select(n => n.NodeId)];
        return Finish(gone with { Items = [.. alive, .. gone.Items.Where(n => !there.Contains(n.NodeId))] }, filter, limit, cancellationToken);
    }

    public async ValueTask<StateList<TaskInfo>> TasksAsync(Func<TaskInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Listing<TaskInfo> tasks = Cluster is { } cluster
            ? await cluster.TasksAsync(cancellationToken).ConfigureAwait(false)
            : new([.. TasksHere(MaxRecords).Select(t => t.Info)], [], node.Events.Thinned, false);
        return Finish(tasks, filter, limit, cancellationToken);
    }

    public async ValueTask<StateList<ActorInfo>> ActorsAsync(Func<ActorInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Listing<ActorInfo> actors = Cluster is { } cluster
            ? await cluster.ActorsAsync(cancellationToken).ConfigureAwait(false)
            : new([.. ActorsHere().Select(a => a.Info)], [], 0, false);
        return Finish(actors, filter, limit, cancellationToken);
    }

    public async ValueTask<StateList<ObjectInfo>> ObjectsAsync(Func<ObjectInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Listing<ObjectInfo> objects = Cluster is { } cluster ? await cluster.ObjectsAsync(cancellationToken).ConfigureAwait(false) : new(ObjectsHere(), [], 0, false);
        return Finish(objects, filter, limit, cancellationToken);
    }

    public async ValueTask<StateList<JobInfo>> JobsAsync(Func<JobInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        if (node.Cluster is not { } cluster || node.Stopped is not null)
        {
            return Finish(new Listing<JobInfo>([JobDescriber.Own(node)], [], 0, false), filter, limit, cancellationToken);
        }

        (IReadOnlyList<JobReport> jobs, bool isPartial) = await cluster.Jobs.ListAsync(ClusterListings.Patience, cancellationToken).ConfigureAwait(false);
        Dictionary<JobId, long> lineage = node.Gate.Do(engine => engine.Cluster!.Jobs.ToDictionary(j => j.Id, j => j.LineageBytes));
        return Finish(new Listing<JobInfo>([.. jobs.Select(j => JobDescriber.Describe(j, lineage.GetValueOrDefault(j.Job)))], [], 0, isPartial), filter, limit, cancellationToken);
    }

    public async ValueTask<StateList<PlacementGroupInfo>> PlacementGroupsAsync(
        Func<PlacementGroupInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Listing<PlacementGroupInfo> groups = Cluster is { } cluster ? await cluster.PlacementGroupsAsync(cancellationToken).ConfigureAwait(false) : new(GroupsHere(), [], 0, false);
        return Finish(groups, filter, limit, cancellationToken);
    }

    /// <summary>What another node asks for.</summary>
    public byte[] List(StateKind kind) => kind switch
    {
        StateKind.Tasks => StateWire.EncodeTasks(TasksHere()),
        StateKind.Actors => StateWire.EncodeActors(ActorsHere()),
        StateKind.Objects => StateWire.EncodeObjects(ObjectsHere()),
        _ => StateWire.EncodeGroups(GroupsHere()),
    };

    /// <summary>The tasks here that have not ended, and the last that have.</summary>
    public List<(TaskInfo Info, bool IsLive)> TasksHere(int ended = EndedRecords)
    {
        List<(TaskInfo Info, bool IsLive)> tasks = node.Gate.Do(engine => engine.Entries().OfType<TaskRecord>()
            .Where(t => !t.IsTerminal && t.State != Core.TaskState.Elsewhere).Take(MaxRecords).Select(t => (Describe(t, engine.Unschedulable(t)), true))
            .Concat(engine.AbandonedAttempts.Take(MaxRecords).Select(a => (DescribeAbandoned(a), true))).ToList());
        HashSet<(TaskId, int)> seen = [.. tasks.Select(t => (t.Info.TaskId, t.Info.Attempt))];
        tasks.AddRange(node.Events.Snapshot().Take(ended).Select(Describe).Where(t => !seen.Contains((t.TaskId, t.Attempt))).Select(t => (t, false)));
        return tasks;
    }

    public List<(ActorInfo Info, ActorSight Sight)> ActorsHere() =>
        node.Gate.Do(engine => engine.Actors.Take(MaxRecords).Select(a => (Describe(a), SightOf(a))).ToList());

    public List<ObjectInfo> ObjectsHere() => node.Gate.Do(engine => engine.Entries().Where(e => e.IsHeld).Take(MaxRecords).Select(Describe).ToList());

    public List<PlacementGroupInfo> GroupsHere() => node.PlacementGroups.List();

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
        Labels = node.Labels,
        ObjectStoreBytes = node.Store.CapacityBytes,
        ObjectStoreUsedBytes = node.Store.UsedBytes,
        ObjectStore = StoreInfo(),
        StartedAt = StartedAt,
        DeathReason = node.Stopped,
    };

    private ClusterListings? Cluster => node.Stopped is null ? node.Cluster?.Listings : null;

    /// <summary>What the object store holds and has done.</summary>
    public ObjectStoreInfo StoreInfo()
    {
        ObjectStore.StoreTotals totals = node.Store.GetTotals();
        return new ObjectStoreInfo
        {
            Objects = totals.BlockCount + totals.Spill.DiskOnlyObjects,
            PrimaryBytes = totals.PrimaryBytes,
            SecondaryBytes = totals.SecondaryBytes,
            PinnedBytes = totals.PinnedBytes,
            SpilledBytes = totals.Spill.LiveBytes,
            SpilledObjects = totals.Spill.LiveObjects,
            DiskOnlyBytes = totals.Spill.DiskOnlyBytes,
            FallbackBytes = totals.Spill.MappedBytes,
            FreeBytes = totals.FreeBytes,
            LargestFreeBytes = totals.LargestFreeRunBytes,
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

    public static StateList<T> Finish<T>(Listing<T> found, Func<T, bool>? filter, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<T> matching = [.. filter is null ? found.Items : found.Items.Where(filter)];
        bool isPartial = found.IsPartial || found.Silent.Count > 0 || found.Dropped > 0;
        return new StateList<T>([.. matching.Take(limit)], matching.Count, isPartial, found.Silent, found.Dropped);
    }

    private static ActorSight SightOf(ActorRecord actor) => actor switch
    {
        { IsHostedHere: true, State: Core.ActorState.Alive } => ActorSight.Host,
        { IsManagedElsewhere: false } => ActorSight.Manager,
        _ => ActorSight.Caller,
    };

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
        // What came from another node was submitted there.
        Dictionary<TaskState, DateTimeOffset> times = task.SubmittedAt == 0 ? [] : new() { [TaskState.Submitted] = Clock.ToTime(task.SubmittedAt) };
        TaskScope? scope = task.Current?.Host as TaskScope;
        if (scope is not null)
        {
            times[TaskState.Running] = Clock.ToTime(scope.StartedAt);
        }

        return new TaskInfo
        {
            TaskId = task.TaskId,
            Attempt = Attempt.OrdinalOf(task.AttemptNumber),
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

    private TaskInfo DescribeAbandoned(Attempt attempt)
    {
        TaskInfo task = Describe(attempt.Task, null);
        Dictionary<TaskState, DateTimeOffset> times = task.StateTimes.Where(t => t.Key == TaskState.Submitted).ToDictionary();
        TaskScope? scope = attempt.Host as TaskScope;
        if (scope is not null)
        {
            times[TaskState.Running] = Clock.ToTime(scope.StartedAt);
        }

        return task with
        {
            Attempt = attempt.Ordinal,
            NodeId = node.NodeId,
            WorkerId = scope?.WorkerId ?? default,
            State = TaskState.Cancelled,
            IsAbandoned = true,
            StateTimes = times,
        };
    }

    public TaskInfo Describe(TaskEvent ended)
    {
        TaskState state = ended.State switch
        {
            Core.TaskState.Succeeded => TaskState.Succeeded,
            Core.TaskState.Cancelled => TaskState.Cancelled,
            _ => TaskState.Failed,
        };
        Dictionary<TaskState, DateTimeOffset> times = new() { [state] = Clock.ToTime(ended.EndedAt) };
        if (ended.SubmittedAt != 0)
        {
            times[TaskState.Submitted] = Clock.ToTime(ended.SubmittedAt);
        }

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

    public ActorInfo Describe(ActorRecord actor) => new()
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
        NodeId = actor.State != Core.ActorState.Alive ? NodeId.None : actor.IsHostedHere ? node.NodeId : actor.HostNode,
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
