namespace RayOrleans.Core;

/// <summary>
/// Actors: names, order of calls, life cycle. Calls of one caller start in the order submitted; a call whose inputs are missing holds
/// back later ones of the same caller only. A killed or finished incarnation's running calls fail or are repeated at once.
/// </summary>
internal sealed class ActorMachine(ObjectTable objects, Outbox outbox) : IActorQueue
{
    private readonly Dictionary<(string Namespace, string Name), ActorRecord> _names = [];
    private readonly Dictionary<ActorId, ActorRecord> _actors = [];
    private readonly Queue<ActorRecord> _runnable = new();

    /// <summary>The task machine; set once by the engine.</summary>
    public TaskMachine Tasks { get; set; } = null!;

    public required ResourceLedger Ledger { get; init; }

    public int RunnableCount => _runnable.Count;

    public IReadOnlyCollection<ActorRecord> All => _actors.Values;

    public ActorRecord? Find(string @namespace, string name) => _names.GetValueOrDefault((@namespace, name));

    public ActorRecord? Find(ActorId id) => _actors.GetValueOrDefault(id);

    public bool TryCreate(ActorRecord actor, TaskRecord creation)
    {
        if (actor.Options.Name is { } name && !_names.TryAdd((actor.Options.Namespace, name), actor))
        {
            return false;
        }

        actor.Creation = creation;
        _actors.Add(actor.Id, actor);
        Tasks.Submit(creation);
        return true;
    }

    public void SubmitCall(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        actor.PendingCalls++;
        if (actor.State == ActorState.Dead)
        {
            call.Job.Unfinished++;
            call.Holds++;
            call.SubmitterHolds = true;
            objects.Link(call);
            Tasks.Fail(call, TaskState.Failed, DeathOf(actor, call));
            return;
        }

        Tasks.Submit(call);
        if (call.State == TaskState.Waiting && !actor.Options.AllowOutOfOrder)
        {
            HoldBack(actor, call);
        }
    }

    public void OnInputsSettled(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        if (actor.State == ActorState.Dead)
        {
            Tasks.Fail(call, TaskState.Failed, DeathOf(actor, call));
            return;
        }

        if (actor.Options.AllowOutOfOrder || actor.HeldBack is null || !actor.HeldBack.TryGetValue(call.CallerKey, out LinkedList<TaskRecord>? held))
        {
            Enqueue(actor, call);
            return;
        }

        if (!call.IsHeldBack)
        {
            HoldBack(actor, call);
        }

        ReleaseHeads(actor, call.CallerKey, held);
    }

    public void Remove(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        call.Queue?.Remove(call);
        if (call.IsHeldBack && actor.HeldBack!.TryGetValue(call.CallerKey, out LinkedList<TaskRecord>? held))
        {
            call.IsHeldBack = false;
            held.Remove(call);
            ReleaseHeads(actor, call.CallerKey, held);
        }
    }

    public void OnCallEnded(TaskRecord call)
    {
        call.Actor!.PendingCalls--;
        StopIfUnused(call.Actor);
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

    public void OnStarted(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        actor.RunningAttempts.Add(attempt);
        ActorLane lane = actor.Lanes[attempt.Task.Lane];
        if (lane.Limit == 1)
        {
            lane.Sole = attempt;
        }
    }

    /// <summary>A call's body has returned, whether or not its outcome counts.</summary>
    public void OnAttemptEnded(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        if (attempt.Incarnation != actor.Incarnation)
        {
            return;
        }

        actor.RunningAttempts.Remove(attempt);
        ActorLane lane = actor.Lanes[attempt.Task.Lane];
        lane.Running--;
        if (lane.Sole == attempt)
        {
            lane.Sole = null;
        }

        QueueIfRunnable(actor);
    }

    public void OnCreated(ActorRecord actor, object? instance)
    {
        actor.Instance = instance;
        actor.State = ActorState.Alive;
        outbox.Add(EffectKind.ActorChanged, actor);
        QueueIfRunnable(actor);
        StopIfUnused(actor);
    }

    public void OnOutOfScope(TaskRecord creation)
    {
        ActorRecord actor = creation.Actor!;
        if (creation.IsHeld || actor.Options.IsDetached)
        {
            return;
        }

        actor.IsOutOfScope = true;
        StopIfUnused(actor);
    }

    /// <summary>Ends the incarnation; the actor starts again if it may and should.</summary>
    public void Kill(ActorRecord actor, bool mayRestart, string why)
    {
        if (actor.State == ActorState.Dead)
        {
            return;
        }

        bool restart = mayRestart && (actor.Options.MaxRestarts < 0 || actor.RestartsUsed < actor.Options.MaxRestarts);
        if (!restart)
        {
            Die(actor, new Failure(FailureKind.ActorDied, $"Actor {NameOf(actor)} is dead: {why}.", null, actor.Id.Creation, actor.ClassName));
            return;
        }

        actor.RestartsUsed++;
        EndIncarnation(actor, retry: true, new Failure(
            FailureKind.ActorUnavailable, $"Actor {NameOf(actor)} is restarting ({why}); the call was running and may not be repeated (maxTaskRetries).",
            null, actor.Id.Creation, actor.ClassName));
        actor.State = ActorState.Restarting;
        outbox.Add(EffectKind.ActorChanged, actor);
        TaskRecord creation = actor.Creation;
        if (!creation.IsTerminal)
        {
            Tasks.Withdraw(creation);
        }
        else
        {
            creation.Job.Unfinished++;
        }

        creation.AttemptNumber++;
        Tasks.AwaitInputs(creation);
    }

    /// <summary>Ends the actor for good: every call that has not ended fails.</summary>
    public void Die(ActorRecord actor, Failure failure)
    {
        if (actor.State == ActorState.Dead)
        {
            return;
        }

        actor.State = ActorState.Dead;
        actor.Death = failure;
        if (actor.Options.Name is { } name)
        {
            _names.Remove((actor.Options.Namespace, name));
        }

        TaskRecord creation = actor.Creation;
        if (!creation.IsTerminal)
        {
            Tasks.Withdraw(creation);
            Tasks.Fail(creation, TaskState.Failed, failure);
        }

        EndIncarnation(actor, retry: false, failure);
        FailQueued(actor, failure);
        Tasks.ReleaseInputs(creation);
        creation.Payload = null;
        creation.Inputs = null;
        outbox.Add(EffectKind.ActorChanged, actor);
        if (!creation.IsHeld)
        {
            _actors.Remove(actor.Id);
        }
    }

    /// <summary>Whether a blocking wait of this attempt for that call could never end: the call queues behind the waiter or one of its blocked ancestors.</summary>
    public static bool WouldDeadlock(Attempt waiter, TaskRecord call)
    {
        if (call.Kind != TaskKind.ActorCall || call.State is TaskState.Running || call.IsTerminal)
        {
            return false;
        }

        Attempt? occupant = call.Actor!.Lanes[call.Lane].Sole;
        if (occupant is null)
        {
            return false;
        }

        for (Attempt? at = waiter; at is not null; at = at.Task.Parent)
        {
            if (ReferenceEquals(at, occupant))
            {
                return true;
            }
        }

        return false;
    }

    public void Forget(ActorRecord actor)
    {
        if (actor.State == ActorState.Dead)
        {
            _actors.Remove(actor.Id);
        }
    }

    private static string NameOf(ActorRecord actor) => actor.Options.Name ?? $"{actor.ClassName ?? "?"} {actor.Id}";

    private static Failure DeathOf(ActorRecord actor, TaskRecord call) =>
        actor.Death! with { FunctionName = call.Name };

    private void Enqueue(ActorRecord actor, TaskRecord call)
    {
        actor.Lanes[call.Lane].Ready.Add(call);
        QueueIfRunnable(actor);
    }

    private void QueueIfRunnable(ActorRecord actor)
    {
        if (!actor.IsQueued && actor.CanStart)
        {
            actor.IsQueued = true;
            _runnable.Enqueue(actor);
        }
    }

    private static void HoldBack(ActorRecord actor, TaskRecord call)
    {
        actor.HeldBack ??= [];
        if (!actor.HeldBack.TryGetValue(call.CallerKey, out LinkedList<TaskRecord>? held))
        {
            held = new LinkedList<TaskRecord>();
            actor.HeldBack.Add(call.CallerKey, held);
        }

        call.IsHeldBack = true;
        held.AddLast(call);
    }

    private void ReleaseHeads(ActorRecord actor, TaskId caller, LinkedList<TaskRecord> held)
    {
        while (held.First is { } first && first.Value.State == TaskState.Ready)
        {
            held.RemoveFirst();
            first.Value.IsHeldBack = false;
            Enqueue(actor, first.Value);
        }

        if (held.Count == 0)
        {
            actor.HeldBack!.Remove(caller);
        }
    }

    private void StopIfUnused(ActorRecord actor)
    {
        if (actor.IsOutOfScope && actor.PendingCalls == 0 && actor.State != ActorState.Dead && !actor.Creation.IsHeld)
        {
            Die(actor, new Failure(FailureKind.ActorDied, $"Actor {NameOf(actor)} is gone: all its handles went out of scope.", null, actor.Id.Creation, actor.ClassName));
        }
    }

    private void EndIncarnation(ActorRecord actor, bool retry, Failure failure)
    {
        object? instance = actor.Instance;
        actor.Instance = null;
        Attempt[] running = [.. actor.RunningAttempts.OrderBy(a => a.Task.SubmittedAt)];
        actor.RunningAttempts.Clear();
        actor.Incarnation++;
        foreach (ActorLane lane in actor.Lanes)
        {
            lane.Running = 0;
            lane.Sole = null;
        }

        if (actor.HasGrant)
        {
            actor.HasGrant = false;
            (actor.Creation.Options.Reservation ?? Ledger).Release(actor.Creation.Options.Shape, actor.GrantedGpus);
            actor.GrantedGpus = null;
        }

        List<TaskRecord> repeat = [];
        foreach (Attempt attempt in running)
        {
            TaskRecord call = attempt.Task;
            if (call.Current != attempt)
            {
                continue;
            }

            attempt.Abandon();
            outbox.Add(EffectKind.CancelAttempt, attempt);
            call.Current = null;
            if (retry && TaskMachine.MayRetry(call))
            {
                call.RetriesUsed++;
                call.AttemptNumber++;
                call.State = TaskState.Ready;
                repeat.Add(call);
            }
            else
            {
                Tasks.Fail(call, TaskState.Failed, failure);
            }
        }

        for (int i = repeat.Count - 1; i >= 0; i--)
        {
            actor.Lanes[repeat[i].Lane].Ready.AddFirst(repeat[i]);
        }

        if (instance is not null)
        {
            outbox.Add(EffectKind.StopActor, actor, instance);
        }
    }

    private void FailQueued(ActorRecord actor, Failure failure)
    {
        foreach (ActorLane lane in actor.Lanes)
        {
            while (lane.Ready.Head is { } call)
            {
                lane.Ready.Remove(call);
                Tasks.Fail(call, TaskState.Failed, failure);
            }
        }

        if (actor.HeldBack is { } heldBack)
        {
            actor.HeldBack = null;
            foreach (TaskRecord call in heldBack.Values.SelectMany(h => h).ToList())
            {
                call.IsHeldBack = false;
                if (!call.IsTerminal)
                {
                    Tasks.Withdraw(call);
                    Tasks.Fail(call, TaskState.Failed, failure);
                }
            }
        }
    }
}
