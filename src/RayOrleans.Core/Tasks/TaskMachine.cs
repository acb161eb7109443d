using System.Globalization;

namespace RayOrleans.Core;

/// <summary>
/// The life of tasks: Submitted -> Waiting -> Ready -> Running(attempt) -> Succeeded | Failed | Cancelled. Only this machine numbers attempts;
/// the first accepted completion of the current attempt wins, every other one is refused and its value discarded.
/// </summary>
internal sealed class TaskMachine
{
    private readonly ObjectTable _objects;
    private readonly Dispatcher _dispatcher;
    private readonly RetryQueue _retries;
    private readonly Outbox _outbox;
    private readonly BackOffs _backOffs;
    private readonly TaskResults _results;
    private readonly KeptLineage _lineage;

    public TaskMachine(ObjectTable objects, Dispatcher dispatcher, RetryQueue retries, Outbox outbox, EngineOptions options)
    {
        _objects = objects;
        _dispatcher = dispatcher;
        _retries = retries;
        _outbox = outbox;
        _backOffs = new BackOffs(options);
        Nested = new NestedResults(objects, outbox);
        Inputs = new TaskInputs(this, objects, dispatcher, outbox);
        Cancellation = new Cancellation(this, objects, dispatcher, outbox);
        Wanted = new WantedTasks(dispatcher);
        _results = new TaskResults(objects, outbox, Nested);
        _lineage = new KeptLineage(this, objects, outbox, options);
    }

    /// <summary>What tasks wait for and use.</summary>
    public TaskInputs Inputs { get; }

    /// <summary>Ends what is not wanted any more.</summary>
    public Cancellation Cancellation { get; }

    /// <summary>What is served first.</summary>
    public WantedTasks Wanted { get; }

    /// <summary>What attempts put and their results refer to.</summary>
    public NestedResults Nested { get; }

    /// <summary>Makes an object again that was lost while its task ran without making it; set once by the engine.</summary>
    public Action<ObjectEntry> LostMeanwhile { get; set; } = null!;

    /// <summary>Actor tasks are dispatched by their actor; set once by the engine.</summary>
    public required ActorMachine Actors { get; init; }

    /// <summary>The other nodes; null on a node that is alone.</summary>
    public ITaskCluster? Cluster { get; set; }

    /// <summary>Attempts that have started and not ended, cancelled ones that still run included.</summary>
    public int RunningCount { get; private set; }

    public void Submit(TaskRecord task)
    {
        Register(task);
        SubmitRegistered(task);
    }

    /// <summary>Submits a task that is known already.</summary>
    public void SubmitRegistered(TaskRecord task)
    {
        if (task.Job.EndedBecause is { } why)
        {
            Fail(task, TaskState.Cancelled, new Failure(FailureKind.Shutdown, $"Task {task.Name} has no result: {why}.", null, task.TaskId, task.Name));
            return;
        }

        if (task.Parent is { IsAbandoned: true })
        {
            Fail(task, TaskState.Cancelled, Cancellation.FailureOf(task, "the task that submitted it was cancelled"));
            return;
        }

        Inputs.Await(task);
    }

    /// <summary>Makes the task known: to its job, its parent and the table of objects. It is neither queued nor ended by that.</summary>
    public void Register(TaskRecord task)
    {
        task.Job.Unfinished++;
        task.Parent?.AddChild(task);
        task.Holds++;
        task.SubmitterHolds = true;
        _objects.Link(task);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                _objects.Link(part);
            }

            ObjectTable.UseParts(task);
        }
    }

    /// <summary>The task runs on this node: it waits until its inputs are here.</summary>
    public void Keep(TaskRecord task)
    {
        task.IsPlacedHere = true;
        Inputs.Await(task);
    }

    public Attempt Start(TaskRecord task, ResourceLedger? ledger, int[]? gpus)
    {
        task.State = TaskState.Running;
        Attempt attempt = new(task, task.AttemptNumber, ledger, gpus) { Incarnation = task.Actor?.Incarnation ?? 0 };
        task.Current = attempt;
        RunningCount++;
        return attempt;
    }

    /// <summary>An attempt that was given to a process has not been started there: it never was.</summary>
    public void Unstart(Attempt attempt)
    {
        TaskRecord task = attempt.Task;
        attempt.IsEnded = true;
        RunningCount--;
        Cancellation.Abandoned.Remove(attempt);
        if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)
        {
            Inputs.ReleaseHeld(attempt);
            return;
        }

        task.Current = null;
        Inputs.Await(task);
    }

    /// <summary>Accepts or refuses an attempt's outcome. Its resources have been released by the caller.</summary>
    public bool Complete(Attempt attempt, in Outcome outcome, long now)
    {
        TaskRecord task = attempt.Task;
        attempt.IsEnded = true;
        RunningCount--;
        Cancellation.Abandoned.Remove(attempt);

        if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)
        {
            Refuse(in outcome);
            Cancellation.DetachChildren(attempt);
            Inputs.ReleaseHeld(attempt);
            return false;
        }

        task.Current = null;
        if (task.IsForeign)
        {
            if (outcome.Failure is not null && (outcome.IsRetriable || outcome.IsSystemFailure))
            {
                Cancellation.CancelLostChildren(attempt);
            }

            Cancellation.DetachChildren(attempt);
            Cluster!.EndForeign(task, in outcome);
            return true;
        }

        if (outcome.Failure is { } failure)
        {
            if (outcome.IsRetriable && TryCharge(task, outcome.Blame, failure.Kind))
            {
                Retry(attempt, outcome.IsSystemFailure ? BackOff(task, now, failure.Kind) : null);
            }
            else
            {
                if (outcome.IsSystemFailure)
                {
                    Cancellation.CancelLostChildren(attempt);
                }

                Cancellation.DetachChildren(attempt);
                Fail(task, TaskState.Failed, RetryRules.WithRetries(task, failure, outcome.IsRetriable));
            }

            return true;
        }

        Cancellation.DetachChildren(attempt);
        task.State = TaskState.Succeeded;
        _results.Set(task, in outcome);
        End(task);
        return true;
    }

    /// <summary>Whether a task that has failed may run again; its retries are charged for it.</summary>
    private bool TryCharge(TaskRecord task, Blame blame, FailureKind kind)
    {
        if (blame == Blame.None)
        {
            if (!RetryRules.MayRetry(task))
            {
                return false;
            }

            task.RetriesUsed++;
            return true;
        }

        if (!Charges.TryCharge(task, blame, kind == FailureKind.NodeOutOfMemory))
        {
            return false;
        }

        if (task.Kind == TaskKind.ActorCreation)
        {
            Actors.OnConstructedAnew(task);
        }

        return true;
    }

    private long? BackOff(TaskRecord task, long now, FailureKind kind) => _backOffs.Next(Math.Max(1, RetryRules.RepeatsOf(task)), now, kind == FailureKind.NodeOutOfMemory);

    /// <summary>Gives up the running attempt and runs the task again, at the given time or at once.</summary>
    public void Retry(Attempt attempt, long? at)
    {
        TaskRecord task = attempt.Task;
        attempt.Abandon();
        task.Current = null;
        Cancellation.CancelLostChildren(attempt);
        Repeat(task, at);
    }

    /// <summary>Another attempt, at the given time or at once; where it runs is decided anew.</summary>
    public void Repeat(TaskRecord task, long? at)
    {
        if (Cluster is not null && task is { Kind: TaskKind.ActorCreation, Actor: { } actor })
        {
            // Where the constructor ran, that incarnation has ended.
            actor.Incarnation++;
        }

        task.AttemptNumber++;
        task.IsPlacedHere = false;
        task.State = TaskState.Waiting;
        BeginCounted(task, at);
    }

    /// <summary>Begins an attempt that is not the task's first once it counts, whoever takes the task over: else one more would run after its owner's death.</summary>
    public void BeginCounted(TaskRecord task, long? at = null)
    {
        if (Cluster is { } cluster)
        {
            int attempt = task.AttemptNumber;
            cluster.Count(task, () => Begin(task, attempt, at));
        }
        else
        {
            Begin(task, task.AttemptNumber, at);
        }
    }

    /// <summary>Begins an attempt, at the given time or at once, unless the task has ended or gone on since.</summary>
    public void Begin(TaskRecord task, int attempt, long? at)
    {
        if (task.State != TaskState.Waiting || task.AttemptNumber != attempt)
        {
            return;
        }

        if (at is { } due)
        {
            _retries.Add(task, due);
            if (task.Kind == TaskKind.ActorCall)
            {
                Actors.Calls.OnWaiting(task);
            }
        }
        else
        {
            Inputs.Await(task);
        }
    }

    /// <summary>An outcome from another node was accepted.</summary>
    public void CompleteRemote(TaskRecord task, Failure? failure, bool isRetriable, bool isSystemFailure, long now, Blame blame = Blame.None)
    {
        if (failure is null)
        {
            task.State = TaskState.Succeeded;
            Nested.FailUnmade(task);
            End(task);
            RemakeKept(task);
        }
        else if (isRetriable && TryCharge(task, blame, failure.Kind))
        {
            Repeat(task, isSystemFailure ? BackOff(task, now, failure.Kind) : null);
        }
        else
        {
            Fail(task, TaskState.Failed, RetryRules.WithRetries(task, failure, isRetriable));
        }
    }

    /// <summary>Results that were there when the attempt was sent, and so were not made by it, may have been lost since.</summary>
    private void RemakeKept(TaskRecord task)
    {
        if (task.Kept is not { } kept)
        {
            return;
        }

        task.Kept = null;
        foreach (ObjectEntry entry in Publications.EntriesOf(task).Where(e => e.Status == ObjectStatus.Pending && kept.Contains(e.Id.Index)).ToList())
        {
            LostMeanwhile(entry);
        }
    }

    public void Fail(TaskRecord task, TaskState state, Failure failure)
    {
        if (task.IsForeign && state == TaskState.Failed)
        {
            Cluster!.EndForeign(task, Outcome.UserFailure(failure, isRetriable: failure.Kind == FailureKind.ActorUnavailable));
            return;
        }

        if (task is { Kind: TaskKind.ActorCall, IsRebuild: true } && failure.Kind == FailureKind.ActorDied)
        {
            failure = RebuildMachine.LostWithActor(task, failure);
        }

        task.State = state;
        _results.Fail(task, failure);
        End(task);
        if (task.Kind == TaskKind.ActorCreation)
        {
            Actors.OnCreationFailed(task, failure);
        }
    }

    /// <summary>A task of another node was sent here to run.</summary>
    public void SubmitForeign(TaskRecord task)
    {
        task.Job.Unfinished++;
        _objects.Link(task);
        Inputs.Await(task);
    }

    /// <summary>No node could run the task: reported once, and an end where the caller asked for that.</summary>
    public void OnUnplaceable(TaskRecord task, string why)
    {
        string message = $"Task {task.Name ?? task.TaskId.ToString()} can run on no node: {why}.";
        if (!task.IsNotedUnplaceable)
        {
            task.IsNotedUnplaceable = true;
            _outbox.Add(EffectKind.Unschedulable, task, message);
        }

        if (task.Options.FailIfUnschedulable)
        {
            Fail(task, TaskState.Failed, new Failure(FailureKind.Unschedulable, message, null, task.TaskId, task.Name));
        }
    }

    /// <summary>A record that this node takes over: it has ended with what is known of its results, or waits to run again (<see cref="Begin"/>).</summary>
    public void Adopt(TaskRecord task, bool hasEnded)
    {
        if (hasEnded)
        {
            task.State = TaskState.Succeeded;
            KeptLineage.Keep(task);
            _lineage.Bound(task.Job);
            return;
        }

        task.Job.Unfinished++;
        task.State = TaskState.Waiting;
        if (task.Job.EndedBecause is { } why)
        {
            Fail(task, TaskState.Cancelled, new Failure(FailureKind.Shutdown, $"Task {task.Name} has no result: {why}.", null, task.TaskId, task.Name));
            return;
        }

        if (RetryRules.IsBounded(task) && task.RetriesUsed > task.Options.MaxRetries)
        {
            task.RetriesUsed--;
            Fail(task, TaskState.Failed, RetryRules.WithRetries(
                task,
                new Failure(
                    FailureKind.NodeDied, $"{task.Name ?? task.TaskId.ToString()} has no result: the node that had submitted it, and may have run it or had it run, died.",
                    null, task.TaskId, task.Name, task.RetriesUsed),
                isRetriable: true));
            return;
        }

        if (task.Inputs is { } inputs)
        {
            Inputs.Use(task, inputs);
        }
    }

    /// <summary>Why no node could ever run the task; null: one could.</summary>
    public string? Unschedulable(TaskRecord task)
    {
        ResourceLedger ledger = task.Options.Reservation ?? _dispatcher.Ledger;
        if (ledger.IsFeasible(task.Options.Shape))
        {
            return null;
        }

        string name = task.Name ?? task.TaskId.ToString();
        return ledger.IsNowhere
            ? $"Task {name} can run on no node: {ledger.ClosedBecause}."
            : string.Create(CultureInfo.InvariantCulture, $"Task {name} asks for {task.Options.Shape}, more than any node has; this node has {ledger.Total}.");
    }

    public void End(TaskRecord task)
    {
        task.Job.Unfinished--;
        task.IsWanted = false;
        task.Parent?.RemoveChild(task);
        _lineage.OnEnded(task);
        if (task.IsForeign)
        {
            Cluster!.OnForeignEnded(task);
        }
        else if (task.State != TaskState.Succeeded)
        {
            _outbox.Add(EffectKind.TaskEnded, task, task.Value);
        }

        if (task.Stream is { } stream)
        {
            StreamMachine.Tell(_objects, stream);
        }

        _results.DeleteUnheld(task);
        if (task.Kind == TaskKind.ActorCall)
        {
            Actors.Calls.OnEnded(task);
        }

        _lineage.Bound(task.Job);
    }

    public void Refuse(in Outcome outcome) => _outbox.Discard(in outcome);
}
