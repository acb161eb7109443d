using System.Globalization;

namespace RayOrleans.Core;

/// <summary>
/// The life of tasks: Submitted -> Waiting -> Ready -> Running(attempt) -> Succeeded | Failed | Cancelled. Only this machine numbers attempts;
/// the first accepted completion of the current attempt wins, every other one is refused and its value discarded.
/// </summary>
internal sealed class TaskMachine(ObjectTable objects, Dispatcher dispatcher, RetryQueue retries, Outbox outbox, EngineOptions options)
{
    private readonly Stack<TaskRecord> _wanted = new();
    private readonly BackOffs _backOffs = new(options);

    /// <summary>What attempts put and their results refer to.</summary>
    public NestedResults Nested { get; } = new(objects, outbox);

    /// <summary>Makes an object again that was lost while its task ran without making it; set once by the engine.</summary>
    public Action<ObjectEntry> LostMeanwhile { get; set; } = null!;

    /// <summary>Actor tasks are dispatched by their actor; set once by the engine.</summary>
    public required IActorQueue Actors { get; init; }

    /// <summary>The other nodes; null on a node that is alone.</summary>
    public ITaskCluster? Cluster { get; set; }

    /// <summary>Attempts that have started and not ended, cancelled ones that still run included.</summary>
    public int RunningCount { get; private set; }

    /// <summary>Those of them that were given up.</summary>
    public HashSet<Attempt> Abandoned { get; } = [];

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
            Fail(task, TaskState.Cancelled, CancelledFailure(task, "the task that submitted it was cancelled"));
            return;
        }

        AwaitInputs(task);
    }

    /// <summary>Makes the task known: to its job, its parent and the table of objects. It is neither queued nor ended by that.</summary>
    public void Register(TaskRecord task)
    {
        task.Job.Unfinished++;
        task.Parent?.AddChild(task);
        task.Holds++;
        task.SubmitterHolds = true;
        objects.Link(task);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                objects.Link(part);
            }

            ObjectTable.UseParts(task);
        }
    }

    /// <summary>Counts what the task waits for; ready when that is nothing.</summary>
    public void AwaitInputs(TaskRecord task)
    {
        task.State = TaskState.Waiting;
        task.MissingInputs = 0;
        task.Edges = null;
        task.NeedsLocal = task.IsForeign || task.IsPlacedHere || task is { Kind: TaskKind.ActorCall, Actor.IsHostedHere: true };
        ObjectEntry[]? inputs = task.Inputs;
        if (inputs is not null)
        {
            UseInputs(task, inputs);
            for (int i = 0; i < task.DependencyCount; i++)
            {
                ObjectEntry input = inputs[i];
                if (input.Status is ObjectStatus.Failed or ObjectStatus.Deleted)
                {
                    FailForInput(task, input);
                    return;
                }

                if (IsMissing(task, input))
                {
                    task.MissingInputs++;
                    ObjectTable.Watch(input, task);
                    Cluster?.Need(input);
                }
            }
        }

        if (task.MissingInputs == 0)
        {
            OnInputsThere(task);
            return;
        }

        if (FailIfUnfit(task))
        {
            return;
        }

        if (task.NeedsLocal)
        {
            Cluster?.AwaitArguments(task);
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            Actors.OnWaiting(task);
        }

        if (task.IsWanted)
        {
            task.IsWanted = false;
            Want(task);
        }
    }

    /// <summary>Called for each task of <see cref="ObjectTable.Unfit"/>.</summary>
    public void OnUnfit(TaskRecord task)
    {
        if (task.State == TaskState.Waiting)
        {
            FailIfUnfit(task);
        }
    }

    /// <summary>Whether all inputs have their values. Freeing and losing objects may take them away again after the task became ready.</summary>
    public bool HasInputs(TaskRecord task)
    {
        if (objects.AnyTakenAway && task.Inputs is { } inputs)
        {
            for (int i = 0; i < task.DependencyCount; i++)
            {
                if (inputs[i].Status != ObjectStatus.Available)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Called for each task of <see cref="ObjectTable.InputsSettled"/>.</summary>
    public void OnInputsSettled(TaskRecord task)
    {
        if (task.State != TaskState.Waiting)
        {
            return;
        }

        int missing = 0;
        ObjectEntry[] inputs = task.Inputs!;
        for (int i = 0; i < task.DependencyCount; i++)
        {
            if (inputs[i].Status == ObjectStatus.Failed)
            {
                FailForInput(task, inputs[i]);
                return;
            }

            missing += IsMissing(task, inputs[i]) ? 1 : 0;
        }

        if (missing > task.MissingInputs)
        {
            // Lost again while others were missing: it waits anew.
            ObjectTable.Unwatch(task);
            AwaitInputs(task);
        }
        else if (task.MissingInputs == 0)
        {
            OnInputsThere(task);
        }
    }

    /// <summary>The task runs on this node: it waits until its inputs are here.</summary>
    public void Keep(TaskRecord task)
    {
        task.IsPlacedHere = true;
        AwaitInputs(task);
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
        Abandoned.Remove(attempt);
        if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)
        {
            ReleaseHeldInputs(attempt);
            return;
        }

        task.Current = null;
        AwaitInputs(task);
    }

    /// <summary>Accepts or refuses an attempt's outcome. Its resources have been released by the caller.</summary>
    public bool Complete(Attempt attempt, in Outcome outcome, long now)
    {
        TaskRecord task = attempt.Task;
        attempt.IsEnded = true;
        RunningCount--;
        Abandoned.Remove(attempt);

        if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)
        {
            Refuse(in outcome);
            DetachChildren(attempt);
            ReleaseHeldInputs(attempt);
            return false;
        }

        task.Current = null;
        if (task.IsForeign)
        {
            if (outcome.Failure is not null && (outcome.IsRetriable || outcome.IsSystemFailure))
            {
                CancelLostChildren(attempt);
            }

            DetachChildren(attempt);
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
                    CancelLostChildren(attempt);
                }

                DetachChildren(attempt);
                Fail(task, TaskState.Failed, WithRetries(task, failure, outcome.IsRetriable));
            }

            return true;
        }

        DetachChildren(attempt);
        task.State = TaskState.Succeeded;
        SetResults(task, in outcome);
        End(task);
        return true;
    }

    /// <summary>Whether a task that has failed may run again; its retries are charged for it.</summary>
    private bool TryCharge(TaskRecord task, Blame blame, FailureKind kind)
    {
        if (blame == Blame.None)
        {
            if (!MayRetry(task))
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

    private long? BackOff(TaskRecord task, long now, FailureKind kind) => _backOffs.Next(Math.Max(1, RepeatsOf(task)), now, kind == FailureKind.NodeOutOfMemory);

    private static int RepeatsOf(TaskRecord task) => task.RetriesUsed + task.Spared + task.MemorySpared;

    public static bool MayRetry(TaskRecord task) => !IsBounded(task) || task.RetriesUsed < task.Options.MaxRetries;

    /// <summary>Whether what it has made is made again by running it again, should it be lost: of actors, what those make that may be started anew, and whose calls may be repeated.</summary>
    public static bool MayRunAgain(TaskRecord task) => task.Kind switch
    {
        TaskKind.Normal => true,
        TaskKind.ActorCall => task is { Stream: null, Options.MaxRetries: not 0, Actor.Options.MaxRestarts: not 0 },
        _ => false,
    };

    /// <summary>Whether it may run only so often.</summary>
    public static bool IsBounded(TaskRecord task) => task.Options.MaxRetries >= 0;

    /// <summary>Gives up the running attempt and runs the task again, at the given time or at once.</summary>
    public void Retry(Attempt attempt, long? at)
    {
        TaskRecord task = attempt.Task;
        attempt.Abandon();
        task.Current = null;
        CancelLostChildren(attempt);
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
            retries.Add(task, due);
            if (task.Kind == TaskKind.ActorCall)
            {
                Actors.OnWaiting(task);
            }
        }
        else
        {
            AwaitInputs(task);
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
            Fail(task, TaskState.Failed, WithRetries(task, failure, isRetriable));
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

    /// <summary>Gives up the running attempt: its body may go on until it notices, holding its inputs and resources, but its outcome will be refused.</summary>
    public void GiveUp(TaskRecord task, bool byForce = false)
    {
        Attempt attempt = task.Current!;
        attempt.Abandon();
        attempt.IsForced = byForce && task.Kind == TaskKind.Normal;
        Abandoned.Add(attempt);
        outbox.Add(EffectKind.CancelAttempt, attempt);
        task.Current = null;
        if (task.Stream is { } stream)
        {
            StreamMachine.Resume(objects, stream);
        }

        if (task.InputsUsed)
        {
            attempt.HeldInputs = task.Inputs;
            task.InputsUsed = false;
        }
    }

    /// <summary>The task and, where asked, the tasks and calls its running attempt submitted. Actors end with their handles, not here.</summary>
    public void Cancel(TaskRecord root, bool recursive, bool byForce = false)
    {
        Stack<TaskRecord> pending = new();
        pending.Push(root);
        while (pending.TryPop(out TaskRecord? task))
        {
            if (task.IsTerminal)
            {
                continue;
            }

            if (recursive && task.Current is { } current)
            {
                for (TaskRecord? child = current.FirstChild; child is not null; child = child.NextSibling)
                {
                    if (child.Kind != TaskKind.ActorCreation)
                    {
                        pending.Push(child);
                    }
                }
            }

            bool hadStarted = task.Current is not null || task.AttemptNumber > 0;
            Withdraw(task, byForce);
            Fail(task, TaskState.Cancelled, CancelledFailure(task, "it was cancelled") with { HadStarted = hadStarted });
        }
    }

    /// <summary>Takes a task that has not ended out of every queue, and gives up its attempt.</summary>
    public void Withdraw(TaskRecord task, bool byForce = false)
    {
        switch (task.State)
        {
            case TaskState.Waiting:
                ObjectTable.Unwatch(task);
                if (task.Kind == TaskKind.ActorCall)
                {
                    Actors.Remove(task);
                }

                break;
            case TaskState.Ready when task.Kind == TaskKind.ActorCall:
                Actors.Remove(task);
                break;
            case TaskState.Ready:
                dispatcher.Remove(task);
                break;
            case TaskState.Running:
                GiveUp(task, byForce);
                break;
            case TaskState.Placing or TaskState.Forwarded:
                Cluster!.Recall(task, byForce);
                break;
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
        objects.SetFailure(task, failure);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                objects.SetFailure(part, failure);
            }
        }

        foreach (ObjectEntry nested in NestedResults.Of(task))
        {
            objects.SetFailure(nested, failure);
        }

        End(task);
        if (task.Kind == TaskKind.ActorCreation)
        {
            Actors.OnCreationFailed(task, failure);
        }
    }

    /// <summary>Marks what a blocked attempt waits for, so that it is served first.</summary>
    public void Want(TaskRecord task)
    {
        _wanted.Push(task);
        while (_wanted.TryPop(out TaskRecord? next))
        {
            if (next.IsWanted || next.IsTerminal)
            {
                continue;
            }

            if (next.State == TaskState.Ready && next.Kind != TaskKind.ActorCall)
            {
                dispatcher.Promote(next);
                continue;
            }

            next.IsWanted = true;
            if (next.Kind == TaskKind.ActorCall)
            {
                // It also waits for its actor's construction, and for the inputs of the caller's calls before it.
                _wanted.Push(next.Actor!.Creation);
                if (next is { IsHeldBack: true, QueuePrevious: { } earlier })
                {
                    _wanted.Push(earlier);
                }
            }

            for (int i = 0; next.State == TaskState.Waiting && next.Inputs is not null && i < next.DependencyCount; i++)
            {
                if (!next.Inputs[i].IsSettled && next.Inputs[i].Producer is { } producer)
                {
                    _wanted.Push(producer);
                }
            }
        }
    }

    public Failure CancelledFailure(TaskRecord task, string why) =>
        new(FailureKind.Cancelled, $"Task {task.Name ?? task.TaskId.ToString()} has no result: {why}.", null, task.TaskId, task.Name, task.AttemptNumber);

    /// <summary>A task of another node was sent here to run.</summary>
    public void SubmitForeign(TaskRecord task)
    {
        task.Job.Unfinished++;
        objects.Link(task);
        AwaitInputs(task);
    }

    /// <summary>No node could run the task: reported once, and an end where the caller asked for that.</summary>
    public void OnUnplaceable(TaskRecord task, string why)
    {
        string message = $"Task {task.Name ?? task.TaskId.ToString()} can run on no node: {why}.";
        if (!task.IsNotedUnplaceable)
        {
            task.IsNotedUnplaceable = true;
            outbox.Add(EffectKind.Unschedulable, task, message);
        }

        if (task.Options.FailIfUnschedulable)
        {
            Fail(task, TaskState.Failed, new Failure(FailureKind.Unschedulable, message, null, task.TaskId, task.Name));
        }
    }

    /// <summary>How many of a task's attempts were not charged as retries: whoever takes it over goes on counting from there.</summary>
    public static int UnchargedOf(TaskRecord task) =>
        task.Kind == TaskKind.Normal ? Math.Max(0, Attempt.OrdinalOf(task.AttemptNumber) - task.RetriesUsed) : 0;

    /// <summary>Charges a task that is taken over for the attempts of its owners before.</summary>
    /// <param name="task">The task, with the number of its next attempt.</param>
    /// <param name="uncharged">How many of those before it were not charged.</param>
    public static void ChargeEarlier(TaskRecord task, int uncharged)
    {
        task.RetriesUsed = Math.Max(0, Attempt.OrdinalOf(task.AttemptNumber) - uncharged);
        task.Spared = Math.Min(uncharged, Charges.MaxSpared);
    }

    /// <summary>A record that this node takes over: it has ended with what is known of its results, or waits to run again (<see cref="Begin"/>).</summary>
    public void Adopt(TaskRecord task, bool hasEnded)
    {
        if (hasEnded)
        {
            task.State = TaskState.Succeeded;
            ObjectTable.KeepLineage(task);
            task.Job.Lineage.Add(task);
            BoundLineage(task.Job);
            return;
        }

        task.Job.Unfinished++;
        task.State = TaskState.Waiting;
        if (task.Job.EndedBecause is { } why)
        {
            Fail(task, TaskState.Cancelled, new Failure(FailureKind.Shutdown, $"Task {task.Name} has no result: {why}.", null, task.TaskId, task.Name));
            return;
        }

        if (IsBounded(task) && task.RetriesUsed > task.Options.MaxRetries)
        {
            task.RetriesUsed--;
            Fail(task, TaskState.Failed, WithRetries(
                task,
                new Failure(
                    FailureKind.NodeDied, $"{task.Name ?? task.TaskId.ToString()} has no result: the node that had submitted it, and may have run it or had it run, died.",
                    null, task.TaskId, task.Name, task.RetriesUsed),
                isRetriable: true));
            return;
        }

        if (task.Inputs is { } inputs)
        {
            UseInputs(task, inputs);
        }
    }

    private static bool IsMissing(TaskRecord task, ObjectEntry input) => task.NeedsLocal ? !input.IsSettled : input.Status == ObjectStatus.Pending;

    private void OnInputsThere(TaskRecord task)
    {
        if (Cluster is not null && !task.NeedsLocal && task.Kind != TaskKind.ActorCall)
        {
            task.Edges = null;
            Cluster.Place(task);
        }
        else
        {
            MakeReady(task);
        }
    }

    private void MakeReady(TaskRecord task)
    {
        task.Edges = null;
        if (task.Kind == TaskKind.ActorCall)
        {
            task.State = TaskState.Ready;
            Actors.OnInputsSettled(task);
            return;
        }

        ResourceLedger ledger = task.Options.Reservation ?? dispatcher.Ledger;
        if (ledger.IsRemoved)
        {
            Fail(task, TaskState.Failed, new Failure(FailureKind.PlacementGroupRemoved, $"Task {task.Name} has no result: {ledger.ClosedBecause}.", null, task.TaskId, task.Name));
            return;
        }

        if (Unschedulable(task) is { } message)
        {
            outbox.Add(EffectKind.Unschedulable, task, message);
            if (task.Options.FailIfUnschedulable)
            {
                Fail(task, TaskState.Failed, new Failure(FailureKind.Unschedulable, message, null, task.TaskId, task.Name));
                return;
            }
        }

        task.State = TaskState.Ready;
        dispatcher.Add(task);
    }

    /// <summary>Why no node could ever run the task; null: one could.</summary>
    public string? Unschedulable(TaskRecord task)
    {
        ResourceLedger ledger = task.Options.Reservation ?? dispatcher.Ledger;
        if (ledger.IsFeasible(task.Options.Shape))
        {
            return null;
        }

        string name = task.Name ?? task.TaskId.ToString();
        return ledger.IsNowhere
            ? $"Task {name} can run on no node: {ledger.ClosedBecause}."
            : string.Create(CultureInfo.InvariantCulture, $"Task {name} asks for {task.Options.Shape}, more than any node has; this node has {ledger.Total}.");
    }

    private void SetResults(TaskRecord task, in Outcome outcome)
    {
        // What others refer to first: whoever sees a result settled sees its parts, and what it refers to, settled.
        Dictionary<ObjectEntry, ObjectEntry>? nested = outcome.Nested is { } puts ? Nested.Accept(task, puts) : null;
        if (task.Parts is { } parts && outcome.Parts is { } values)
        {
            for (int i = 0; i < parts.Length; i++)
            {
                if (!objects.SetValue(parts[i], values[i].Value, values[i].Size, NestedResults.Replace(values[i].Contained, nested), task.AttemptNumber))
                {
                    outbox.Discard(values[i].Value);
                }
            }
        }

        if (!objects.SetValue(task, outcome.Value, outcome.Size, NestedResults.Replace(outcome.Contained, nested), task.AttemptNumber))
        {
            outbox.Discard(outcome.Value);
        }

        task.Kept = null;
        Nested.FailUnmade(task);
        if (nested is not null)
        {
            Nested.Release(nested.Values.Distinct());
        }

    }

    public void End(TaskRecord task)
    {
        task.Job.Unfinished--;
        task.IsWanted = false;
        task.Parent?.RemoveChild(task);
        if (task.State != TaskState.Succeeded || !options.RetainLineage || !MayRunAgain(task) || task.IsForeign)
        {
            if (task.Kind != TaskKind.ActorCreation)
            {
                task.Payload = null;
                objects.ReleaseLineage(task);
                ReleaseInputs(task);
                task.Inputs = null;
            }
        }
        else
        {
            ObjectTable.KeepLineage(task);
            task.Job.Lineage.Add(task);
            ReleaseInputs(task);
        }

        if (task.IsForeign)
        {
            Cluster!.OnForeignEnded(task);
        }
        else if (task.State != TaskState.Succeeded)
        {
            outbox.Add(EffectKind.TaskEnded, task, task.Value);
        }

        if (task.Stream is { } stream)
        {
            StreamMachine.Tell(objects, stream);
        }

        objects.DeleteIfUnheld(task);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                objects.DeleteIfUnheld(part);
            }
        }

        foreach (ObjectEntry nested in NestedResults.Of(task))
        {
            objects.DeleteIfUnheld(nested);
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            Actors.OnCallEnded(task);
        }

        BoundLineage(task.Job);
    }

    /// <summary>Gives up the oldest finished tasks of a job until what is kept of them fits. Their results stay; only they are not made again when they are lost.</summary>
    private void BoundLineage(JobRecord job)
    {
        while (job.Lineage.Bytes > options.LineageBytes && job.Lineage.Oldest is { } oldest)
        {
            if (job.Lineage.Evictions++ == 0)
            {
                outbox.Add(EffectKind.LineageEvicted, job);
            }

            oldest.IsLineageEvicted = true;
            objects.ReleaseLineage(oldest);
            oldest.Payload = null;
            oldest.Inputs = null;
            Cluster?.OnLineageEvicted(oldest);
        }
    }

    public void ReleaseInputs(TaskRecord task)
    {
        if (task.Inputs is not { } inputs || !task.InputsUsed)
        {
            return;
        }

        task.InputsUsed = false;
        foreach (ObjectEntry input in inputs)
        {
            objects.ReleaseUse(input);
        }
    }

    public void UseInputs(TaskRecord task, ObjectEntry[] inputs)
    {
        if (task.InputsUsed)
        {
            return;
        }

        task.InputsUsed = true;
        foreach (ObjectEntry input in inputs)
        {
            objects.Use(input);
        }
    }

    /// <summary>Ends a task that waits for arguments which this node's store can never hold.</summary>
    private bool FailIfUnfit(TaskRecord task)
    {
        if (!task.NeedsLocal || objects.Fit?.Refuse(task) is not { } failure)
        {
            return false;
        }

        Withdraw(task);
        Fail(task, TaskState.Failed, failure);
        return true;
    }

    private void FailForInput(TaskRecord task, ObjectEntry input)
    {
        Failure failure = input.Value as Failure
            ?? new Failure(FailureKind.ObjectLost, $"Object {input.Id}, an argument of {task.Name ?? task.TaskId.ToString()}, is gone: nobody held it any more.", null, input.TaskId);
        Withdraw(task);
        if (failure.Kind is FailureKind.ObjectLost or FailureKind.ObjectFreed && task.IsRebuild)
        {
            failure = failure with { Kind = FailureKind.ReconstructionFailed, Message = $"An input could not be rebuilt: {failure.Message}" };
        }

        Fail(task, failure.Kind == FailureKind.Cancelled ? TaskState.Cancelled : TaskState.Failed, failure);
    }

    /// <summary>
    /// Children of an attempt that will be repeated are cancelled unless something outside the attempt holds them:
    /// the repeated attempt makes its own. Later ones first, because they may hold earlier ones.
    /// </summary>
    public void CancelLostChildren(Attempt attempt)
    {
        // The list's head is the latest child. Each is unlinked before it is cancelled, which may unlink others; its own children are lost with it.
        Stack<Attempt> lost = new();
        lost.Push(attempt);
        while (lost.TryPop(out Attempt? next))
        {
            while (next.FirstChild is { } child)
            {
                next.RemoveChild(child);
                if (child.Kind == TaskKind.Normal && !child.IsTerminal && !IsHeldOutside(child))
                {
                    if (child.Current is { } current)
                    {
                        lost.Push(current);
                    }

                    Cancel(child, recursive: false);
                }
            }
        }
    }

    private static bool IsHeldOutside(TaskRecord child)
    {
        if (child.Holds > (child.SubmitterHolds ? 1 : 0) || child.Uses > 0 || child.Shared is not null)
        {
            return true;
        }

        foreach (ObjectEntry part in child.Parts ?? [])
        {
            if (part.Holds > 0 || part.Uses > (child.PartsUsed ? 1 : 0))
            {
                return true;
            }
        }

        return child.Nested?.Values.Any(n => n.IsHeld) == true;
    }

    private void ReleaseHeldInputs(Attempt attempt)
    {
        if (attempt.HeldInputs is { } inputs)
        {
            attempt.HeldInputs = null;
            foreach (ObjectEntry input in inputs)
            {
                objects.ReleaseUse(input);
            }
        }
    }

    private static void DetachChildren(Attempt attempt)
    {
        while (attempt.FirstChild is { } child)
        {
            attempt.RemoveChild(child);
        }
    }

    public void Refuse(in Outcome outcome) => outbox.Discard(in outcome);

    /// <summary>The last failure, and how often it was tried.</summary>
    private static Failure WithRetries(TaskRecord task, Failure failure, bool isRetriable)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            // Its restarts are what counts, and whoever says that the actor is dead says so.
            return failure;
        }

        string option = task.Kind == TaskKind.ActorCall ? "maxTaskRetries" : "maxRetries";
        if (isRetriable && task.Options.MaxRetries == 0)
        {
            return failure with { Message = $"{failure.Message} It may run only once ({option} 0); raise {option} to have it repeated (-1: without bound)." };
        }

        if (RepeatsOf(task) == 0)
        {
            return failure;
        }

        if (isRetriable && !IsBounded(task) && failure.Kind == FailureKind.NodeOutOfMemory)
        {
            return failure with { Message = $"{failure.Message} It ran {RepeatsOf(task) + 1} times, and memory ran out {task.MemoryAlone} times when it was the last task of its caller there: it is not repeated any more, although {option} is {task.Options.MaxRetries}." };
        }

        string end = isRetriable
            ? $"its retries are exhausted ({option} {task.Options.MaxRetries}), and this was the last failure; raise {option} (-1: without bound) if another attempt could succeed"
            : "this last failure is none that is repeated (retryExceptions)";
        return failure with { Message = $"{failure.Message} It ran {RepeatsOf(task) + 1} times: {end}." };
    }
}
