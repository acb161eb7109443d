namespace RayOrleans.Core;

/// <summary>
/// Calls of actors, and their order. Those of one caller start in the order submitted; one whose inputs are missing holds back later ones of the same caller only.
/// </summary>
internal sealed class ActorCalls(ActorMachine actors, ObjectTable objects)
{
    private readonly Queue<ActorRecord> _runnable = new();

    /// <summary>Actors that may start a call.</summary>
    public int RunnableCount => _runnable.Count;

    /// <summary>A call was made on this node.</summary>
    public void Submit(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        CountCall(actor);
        if (actor.State == ActorState.Dead)
        {
            actors.Tasks.Register(call);
            actors.Tasks.Fail(call, TaskState.Failed, ActorMachine.DeathOf(actor, call));
            return;
        }

        actors.Tasks.Submit(call);
    }

    /// <summary>A call that had ended runs again, because what it made was lost.</summary>
    public void OnResubmitted(TaskRecord call)
    {
        ActorRecord actor = actors.Remote?.Reach(call.Actor!) ?? call.Actor!;
        call.CallsNow(actor);
        if (call.CallNumber != 0)
        {
            // Its turn among the caller's calls was the first time; now it comes after those that are there.
            call.CallNumber = 0;
        }

        CountCall(actor);
    }

    /// <summary>The call waits for inputs or for its back-off.</summary>
    public void OnWaiting(TaskRecord call)
    {
        if (call.Queue is not null)
        {
            return;
        }

        // A repeated call had its turn before: it does not hold up those that came after it.
        if (call.Actor!.Options.AllowOutOfOrder || call.AttemptNumber > 0)
        {
            call.Actor.Unready.Add(call);
        }
        else
        {
            HoldBack(call.Actor, call);
        }
    }

    /// <summary>The call's inputs have settled: it takes its place among the others.</summary>
    public void OnInputsSettled(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        if (call.IsHeldBack)
        {
            ReleaseHeads(actor, call.CallerKey, call.Queue!);
            return;
        }

        call.Queue?.Remove(call);
        if (!actor.Options.AllowOutOfOrder && call.AttemptNumber == 0 && actor.HeldBack?.ContainsKey(call.CallerKey) == true)
        {
            HoldBack(actor, call);
        }
        else
        {
            Enqueue(actor, call);
        }
    }

    /// <summary>Takes a call out that has not started.</summary>
    public void Remove(TaskRecord call)
    {
        TaskQueue? queue = call.Queue;
        queue?.Remove(call);
        if (call.IsHeldBack)
        {
            call.IsHeldBack = false;
            ReleaseHeads(call.Actor!, call.CallerKey, queue!);
        }
    }

    /// <summary>A call reached a terminal state.</summary>
    public void OnEnded(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        if (!call.IsForeign && --actor.OwnCalls == 0 && actor.CalledHandle is { } handle)
        {
            actor.CalledHandle = null;
            objects.ReleaseUse(handle);
        }

        if (--actor.PendingCalls == 0 && actor.IsOutOfScope)
        {
            // Not at once: the actor may be in the middle of a change of its own.
            objects.OutOfScope.Enqueue(actor.Creation);
        }
    }

    /// <summary>A call whose turn had come has lost an input again: it and the caller's later calls step back.</summary>
    public void StepBack(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        actor.Lanes[call.Lane].Running--;
        if (!actor.Options.AllowOutOfOrder)
        {
            TaskQueue stepped = new();
            stepped.Add(call);
            foreach (ActorLane lane in actor.Lanes)
            {
                for (TaskRecord? at = lane.Ready.Head; at is not null;)
                {
                    TaskRecord later = at;
                    at = at.QueueNext;
                    if (later.CallerKey == call.CallerKey && later.AttemptNumber == 0)
                    {
                        lane.Ready.Remove(later);
                        stepped.Add(later);
                    }
                }
            }

            actor.HeldBack ??= [];
            if (actor.HeldBack.TryGetValue(call.CallerKey, out TaskQueue? held))
            {
                while (held.Head is { } later)
                {
                    held.Remove(later);
                    stepped.Add(later);
                }
            }

            actor.HeldBack[call.CallerKey] = stepped;
            for (TaskRecord? at = stepped.Head; at is not null; at = at.QueueNext)
            {
                at.IsHeldBack = true;
                call.IsWanted |= at.IsWanted;
            }
        }

        actors.Tasks.Inputs.Await(call);
        QueueIfRunnable(actor);
    }

    /// <summary>Takes the next call of any actor that may start one.</summary>
    public TaskRecord? TryTake()
    {
        while (_runnable.TryDequeue(out ActorRecord? actor))
        {
            actor.IsQueued = false;
            if (actor.State != ActorState.Alive)
            {
                continue;
            }

            foreach (ActorLane lane in actor.Lanes)
            {
                if (lane.CanStart)
                {
                    TaskRecord call = lane.Ready.Head!;
                    lane.Ready.Remove(call);
                    lane.Running++;
                    QueueIfRunnable(actor);
                    return call;
                }
            }
        }

        return null;
    }

    /// <summary>An attempt of a call that was taken begins.</summary>
    public void OnStarted(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        attempt.StartNumber = actor.Started++;
        actor.RunningAttempts.Add(attempt);
        ActorLane lane = actor.Lanes[attempt.Task.Lane];
        if (lane.Limit == 1)
        {
            lane.Sole = attempt;
        }
    }

    /// <summary>The call's body has returned in its actor's present incarnation.</summary>
    public void OnReturned(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        actor.RunningAttempts.Remove(attempt);
        ActorLane lane = actor.Lanes[attempt.Task.Lane];
        lane.Running--;
        if (lane.Sole == attempt)
        {
            lane.Sole = null;
        }

        QueueIfRunnable(actor);
    }

    /// <summary>An incarnation ends: nothing runs in it any more.</summary>
    /// <returns>The attempts that did, in the order they started in.</returns>
    public static Attempt[] TakeRunning(ActorRecord actor)
    {
        Attempt[] running = [.. actor.RunningAttempts.OrderBy(a => a.StartNumber)];
        actor.RunningAttempts.Clear();
        foreach (ActorLane lane in actor.Lanes)
        {
            lane.Running = 0;
            lane.Sole = null;
        }

        return running;
    }

    /// <summary>Calls that ran when their incarnation ended come before all others of the next one, in their order.</summary>
    public static void PutFirst(ActorRecord actor, List<TaskRecord> calls)
    {
        for (int i = calls.Count - 1; i >= 0; i--)
        {
            actor.Lanes[calls[i].Lane].Ready.AddFirst(calls[i]);
        }
    }

    /// <summary>A call's turn has come at an actor that lives on this node.</summary>
    public void EnqueueHere(ActorRecord actor, TaskRecord call)
    {
        actor.Lanes[call.Lane].Ready.Add(call);
        QueueIfRunnable(actor);
    }

    /// <summary>Remembers the actor if it may start a call.</summary>
    public void QueueIfRunnable(ActorRecord actor)
    {
        if (!actor.IsQueued && actor.CanStart)
        {
            actor.IsQueued = true;
            _runnable.Enqueue(actor);
        }
    }

    /// <summary>No call that waits anywhere gets its turn: all fail.</summary>
    public void FailQueued(ActorRecord actor, Failure failure)
    {
        foreach (ActorLane lane in actor.Lanes)
        {
            FailAll(lane.Ready, failure);
        }

        FailAll(actor.Unready, failure);
        FailAll(actor.Outgoing, failure);
        if (actor.HeldBack is { } heldBack)
        {
            actor.HeldBack = null;
            foreach (TaskQueue held in heldBack.Values)
            {
                FailAll(held, failure);
            }
        }
    }

    private void Enqueue(ActorRecord actor, TaskRecord call)
    {
        if (actors.Remote is not null && !call.IsForeign && (!actor.IsHostedHere || actor.Outgoing.Count > 0 || actor.Returned.Count > 0 || actor.InFlight > 0))
        {
            actors.Remote.Calls.Enqueue(actor, call);
        }
        else
        {
            EnqueueHere(actor, call);
        }
    }

    private void CountCall(ActorRecord actor)
    {
        actor.PendingCalls++;
        if (actor.OwnCalls++ == 0 && actor.Handle is { } handle)
        {
            // The actor does not end before the calls that were made while a handle was there.
            actor.CalledHandle = handle;
            objects.Use(handle);
        }
    }

    private static void HoldBack(ActorRecord actor, TaskRecord call)
    {
        actor.HeldBack ??= [];
        if (!actor.HeldBack.TryGetValue(call.CallerKey, out TaskQueue? held))
        {
            held = new TaskQueue();
            actor.HeldBack.Add(call.CallerKey, held);
        }

        call.IsHeldBack = true;
        held.Add(call);
    }

    private void ReleaseHeads(ActorRecord actor, TaskId caller, TaskQueue held)
    {
        while (held.Head is { State: TaskState.Ready } first)
        {
            held.Remove(first);
            first.IsHeldBack = false;
            Enqueue(actor, first);
        }

        if (held.Count == 0)
        {
            actor.HeldBack?.Remove(caller);
        }
    }

    private void FailAll(TaskQueue queue, Failure failure)
    {
        while (queue.Head is { } call)
        {
            queue.Remove(call);
            call.IsHeldBack = false;
            actors.Tasks.Cancellation.Withdraw(call);
            actors.Tasks.Fail(call, TaskState.Failed, failure);
        }
    }
}
