namespace RayOrleans.Core;

/// <summary>
/// Attempts of tasks and actor calls, and the resources they hold: tasks' of their node or reservation, calls' in their actor's limits. Tasks and calls take turns.
/// </summary>
/// <param name="tasks">The tasks.</param>
/// <param name="actors">The actors.</param>
/// <param name="dispatcher">The tasks that are ready.</param>
/// <param name="resources">The node's resources.</param>
/// <param name="outbox">Where effects go.</param>
/// <param name="pump">Carries on with what has become possible.</param>
internal sealed class AttemptMachine(TaskMachine tasks, ActorMachine actors, Dispatcher dispatcher, ResourceLedger resources, Outbox outbox, Action pump)
{
    private bool _actorsFirst;

    /// <summary>Starts the next task or actor call, with its resources; null when nothing can start.</summary>
    /// <param name="wantedOnly">Only what a blocked attempt waits for.</param>
    public Attempt? TryStart(bool wantedOnly)
    {
        _actorsFirst = !_actorsFirst;
        return _actorsFirst
            ? TryStartCall() ?? TryStartTask(wantedOnly)
            : TryStartTask(wantedOnly) ?? TryStartCall();
    }

    /// <summary>Starts the next task that is ready, has its inputs and fits.</summary>
    /// <param name="wantedOnly">Only what a blocked attempt waits for.</param>
    /// <param name="elsewhere">Only one that runs in another process of this node.</param>
    public Attempt? TryStartTask(bool wantedOnly, bool elsewhere = false)
    {
        while (dispatcher.TryTake(wantedOnly, out int[]? gpus, elsewhere) is { } task)
        {
            ResourceLedger ledger = LedgerOf(task);
            if (tasks.Inputs.AreThere(task))
            {
                return tasks.Start(task, ledger, gpus);
            }

            ledger.Release(task.Options.Shape, gpus);
            tasks.Inputs.Await(task);
            pump();
        }

        return null;
    }

    /// <summary>How many attempts could start now, counting at most <paramref name="limit"/>.</summary>
    public int Startable(int limit, bool wantedOnly)
    {
        int calls = Math.Min(limit, actors.Calls.RunnableCount);
        return calls >= limit ? limit : calls + dispatcher.Startable(limit - calls, wantedOnly);
    }

    /// <summary>Starts exactly this task, if it is ready and fits once the waiter's CPU is given back: the waiter will run it in place of waiting for it.</summary>
    public Attempt? TryClaim(TaskRecord task, Attempt? waiter)
    {
        if (task.State != TaskState.Ready || task.Kind != TaskKind.Normal)
        {
            return null;
        }

        if (!tasks.Inputs.AreThere(task))
        {
            dispatcher.Remove(task);
            tasks.Inputs.Await(task);
            pump();
            return null;
        }

        if (waiter is not null)
        {
            Block(waiter);
        }

        ResourceLedger ledger = LedgerOf(task);
        if (!ledger.Fits(task.Options.Shape))
        {
            if (waiter is not null)
            {
                Unblock(waiter);
            }

            return null;
        }

        if (waiter is not null)
        {
            WaitGraph.NoteBlocked(waiter, [task], holdsTurn: false);
        }

        dispatcher.Remove(task);
        return tasks.Start(task, ledger, ledger.Acquire(task.Options.Shape));
    }

    /// <summary>The end of an attempt that has not ended: its resources are free again, and its outcome is accepted, refused, or leads to another attempt.</summary>
    /// <returns>Whether the outcome was accepted.</returns>
    public bool Complete(Attempt attempt, in Outcome outcome, long now)
    {
        TaskRecord task = attempt.Task;
        if (task.Kind == TaskKind.ActorCreation)
        {
            return CompleteCreation(attempt, in outcome, now);
        }

        if (attempt.Ledger is { } ledger)
        {
            if (attempt.IsBlocked || !TryPassOn(attempt, ledger))
            {
                ledger.Release(task.Options.Shape, attempt.Gpus, withCpu: !attempt.IsBlocked);
            }
        }
        else if (attempt.Lease is { } lease)
        {
            _ = lease.Remove(attempt);
        }
        else
        {
            actors.OnAttemptEnded(attempt);
        }

        bool accepted = tasks.Complete(attempt, in outcome, now);
        if (outcome.EndsActor is { } why && task.Actor is { } actor && attempt.Incarnation == actor.Incarnation)
        {
            actors.Kill(actor, mayRestart: false, why, dispose: true);
        }

        return accepted;
    }

    /// <summary>The attempt begins to wait: its CPU is free for others.</summary>
    public void Block(Attempt attempt)
    {
        if (attempt.BlockCount++ > 0 || attempt.IsEnded)
        {
            return;
        }

        if (attempt.Ledger is { } ledger)
        {
            if (!TryPassOn(attempt, ledger))
            {
                ledger.ReleaseCpu(attempt.Task.Options.Shape);
            }
        }
        else if (attempt.Lease is null)
        {
            actors.OnBlocked(attempt);
        }
    }

    /// <summary>The attempt resumes at once, with its CPU, even below zero.</summary>
    public void Unblock(Attempt attempt)
    {
        if (--attempt.BlockCount > 0 || attempt.IsEnded)
        {
            return;
        }

        if (attempt.Ledger is { } ledger)
        {
            ledger.ReacquireCpu(attempt.Task.Options.Shape);
        }
        else if (attempt.Lease is null)
        {
            actors.OnUnblocked(attempt);
        }
    }

    /// <summary>An attempt ends a second time: what it brings is not wanted.</summary>
    public void RefuseRepeated(TaskRecord task, in Outcome outcome)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            RefuseInstance(task.Actor!, in outcome);
        }
        else
        {
            tasks.Refuse(in outcome);
        }
    }

    /// <summary>A lease's grant goes to the next rider; false: there is none.</summary>
    private static bool TryPassOn(Attempt attempt, ResourceLedger ledger)
    {
        if (attempt.Lease?.PassOn() is not { } next)
        {
            return false;
        }

        next.Ledger = ledger;
        return true;
    }

    private ResourceLedger LedgerOf(TaskRecord task) => task.Options.Reservation ?? resources;

    private Attempt? TryStartCall()
    {
        while (actors.Calls.TryTake() is { } call)
        {
            if (tasks.Inputs.AreThere(call))
            {
                Attempt attempt = tasks.Start(call, null, null);
                actors.Calls.OnStarted(attempt);
                return attempt;
            }

            actors.Calls.StepBack(call);
            pump();
        }

        return null;
    }

    private bool CompleteCreation(Attempt attempt, in Outcome outcome, long now)
    {
        TaskRecord task = attempt.Task;
        ActorRecord actor = task.Actor!;
        bool succeeded = outcome.Failure is null && !attempt.IsAbandoned && task.Current == attempt;
        if (succeeded && actor.Options.KeepsResources)
        {
            if (attempt.IsBlocked)
            {
                LedgerOf(task).ReacquireCpu(task.Options.Shape);
            }

            LedgerOf(task).Keep();
            actor.HasGrant = true;
            actor.GrantedGpus = attempt.Gpus;
        }
        else
        {
            LedgerOf(task).Release(task.Options.Shape, attempt.Gpus, withCpu: !attempt.IsBlocked);
        }

        if (!succeeded)
        {
            // An object that was made in vain is stopped, not discarded as a value.
            RefuseInstance(actor, in outcome);
            return tasks.Complete(attempt, outcome.Failure is null ? Outcome.Success(null) : outcome, now);
        }

        object? instance = outcome.Value;
        tasks.Complete(attempt, Outcome.Success(null), now);
        actors.OnCreated(actor, instance);
        return true;
    }

    private void RefuseInstance(ActorRecord actor, in Outcome outcome)
    {
        if (outcome.Failure is null && outcome.Value is not null)
        {
            outbox.Add(EffectKind.StopActor, actor, outcome.Value);
        }
    }
}
