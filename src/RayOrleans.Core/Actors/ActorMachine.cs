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

    /// <summary>Actors on other nodes; null on a node that is alone.</summary>
    public RemoteActors? Remote { get; set; }

    public int RunnableCount => _runnable.Count;

    public IReadOnlyCollection<ActorRecord> All => _actors.Values;

    public ActorRecord? Find(string @namespace, string name) => _names.GetValueOrDefault((@namespace, name));

    public ActorRecord? Find(ActorId id) => _actors.GetValueOrDefault(id);

    /// <summary>Makes an actor known that another node manages.</summary>
    public void Add(ActorRecord actor) => _actors.Add(actor.Id, actor);

    /// <summary>Nobody here refers to the actor any more; another record of it stays.</summary>
    public void Forget(ActorRecord actor)
    {
        if (ReferenceEquals(Find(actor.Id), actor))
        {
            _actors.Remove(actor.Id);
        }
    }

    public bool TryCreate(ActorRecord actor, TaskRecord creation)
    {
        if (Remote is null && actor.Options.Name is { } name && !_names.TryAdd((actor.Options.Namespace, name), actor))
        {
            return false;
        }

        Add(actor, creation);
        Tasks.Submit(creation);
        return true;
    }

    /// <summary>Makes an actor of this node's known.</summary>
    public void Add(ActorRecord actor, TaskRecord creation)
    {
        actor.Creation = creation;

        // Among several nodes its calls wait until it was decided where it lives.
        actor.IsHostedHere = Remote is null;
        _actors.Add(actor.Id, actor);
    }

    public void SubmitCall(TaskRecord call)
    {
        ActorRecord actor = call.Actor!;
        CountCall(actor);
        if (actor.State == ActorState.Dead)
        {
            Tasks.Register(call);
            Tasks.Fail(call, TaskState.Failed, DeathOf(actor, call));
            return;
        }

        Tasks.Submit(call);
    }

    public void OnResubmitted(TaskRecord call)
    {
        ActorRecord actor = Remote?.Reach(call.Actor!) ?? call.Actor!;
        call.CallsNow(actor);
        if (call.CallNumber != 0)
        {
            // Its turn among the caller's calls was the first time; now it comes after those that are there.
            call.CallNumber = 0;
        }

        CountCall(actor);
    }

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

    public void OnCallEnded(TaskRecord call)
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

        Tasks.Inputs.Await(call);
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

    /// <summary>A call's body has returned, whether or not its outcome counts.</summary>
    public void OnAttemptEnded(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        if (attempt.Incarnation != actor.Incarnation)
        {
            OnRetiredEnded(actor, attempt.Incarnation);
            return;
        }

        if (attempt.IsBlocked)
        {
            OnUnblocked(attempt);
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

    /// <summary>A call waits: the CPU that the actor keeps is free for others, as long as any of its calls waits.</summary>
    public void OnBlocked(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        if (attempt.Incarnation == actor.Incarnation && actor.BlockedCalls++ == 0 && actor.HasGrant)
        {
            LedgerOf(actor).ReleaseCpu(actor.Creation.Options.Shape);
        }
    }

    public void OnUnblocked(Attempt attempt)
    {
        ActorRecord actor = attempt.Task.Actor!;
        if (attempt.Incarnation == actor.Incarnation && --actor.BlockedCalls == 0 && actor.HasGrant)
        {
            LedgerOf(actor).ReacquireCpu(actor.Creation.Options.Shape);
        }
    }

    /// <summary>The constructor failed, or never ran.</summary>
    public void OnCreationFailed(TaskRecord creation, Failure failure)
    {
        ActorRecord actor = creation.Actor!;
        if (creation.IsForeign)
        {
            // What becomes of the actor, its manager says, who may have it constructed again, or who takes over from that.
            Remote!.OnNotCreatedHere(actor, creation, failure);
            return;
        }

        string what = actor.RestartsUsed > 0 ? "could not be restarted" : "never lived";
        string why = failure.Kind == FailureKind.Cancelled ? "" : " its constructor failed.";
        Die(actor, failure with { Kind = FailureKind.ActorDied, Message = $"Actor {NameOf(actor)} {what}:{why} {failure.Message}" });
    }

    public void OnConstructedAnew(TaskRecord creation)
    {
        ActorRecord actor = creation.Actor!;
        Remote?.StopHosted(actor, dispose: false, isFinal: false, "the process that constructed it has ended");
        actor.Incarnation++;
    }

    public void OnCreated(ActorRecord actor, object? instance)
    {
        actor.Instance = instance;
        actor.State = ActorState.Alive;
        outbox.Add(EffectKind.ActorChanged, actor);
        Remote?.OnChanged(actor);

        // It may have moved here from a node that died with calls of this one.
        Remote?.ResolveLost(actor);
        Remote?.Flush(actor);
        QueueIfRunnable(actor);
        StopIfUnused(actor);
    }

    public void OnOutOfScope(TaskRecord creation)
    {
        ActorRecord actor = creation.Actor!;
        if (creation.IsHeld)
        {
            return;
        }

        if (actor.State == ActorState.Dead)
        {
            if (actor.Handle is null)
            {
                Forget(actor);
            }

            return;
        }

        if (actor.Options.IsDetached)
        {
            return;
        }

        actor.IsOutOfScope = true;
        StopIfUnused(actor);
    }

    /// <summary>Ends the incarnation; the actor starts again if it may and should.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="mayRestart">Whether its restarts may be used.</param>
    /// <param name="why">The reason, for messages.</param>
    /// <param name="dispose">Whether the instance is disposed of. A killed actor ends as by a crash: its clean-up does not run.</param>
    /// <param name="node">The node that died, if one did.</param>
    /// <param name="blame">Where the process that it lived in ended: whether it was to blame.</param>
    /// <param name="cause">What the runtime attaches to the death, should it be one.</param>
    public void Kill(ActorRecord actor, bool mayRestart, string why, bool dispose = false, NodeId node = default, Blame blame = Blame.None, object? cause = null)
    {
        if (actor.State == ActorState.Dead)
        {
            return;
        }

        if (actor is { IsManagedElsewhere: true, IsHostedHere: true })
        {
            Remote!.OnEndedHere(actor, why, blame);
            if (blame != Blame.None)
            {
                // Whether it starts again, and where, is its manager's business.
                Remote.EndHosted(actor, dispose, isFinal: false, why);
                return;
            }
        }

        // What constructs it may have died with its manager.
        bool isKnown = Remote is null || actor.OwnCreation is { Payload: not null };
        bool restart = mayRestart && isKnown && TryCharge(actor, blame);
        if (!restart)
        {
            Die(actor, new Failure(FailureKind.ActorDied, $"Actor {NameOf(actor)} is dead: {why}.{(mayRestart ? WhyNoRestart(actor, isKnown) : "")}", cause, actor.Id.Creation, actor.ClassName) { Node = node }, dispose);
            return;
        }

        Remote?.StopHosted(actor, dispose, isFinal: false, why);
        EndIncarnation(actor, retry: true, new Failure(
            FailureKind.ActorUnavailable, $"Actor {NameOf(actor)} is restarting ({why}); {MayNotRepeat}", null, actor.Id.Creation, actor.ClassName)
        { Node = node }, dispose);
        actor.State = ActorState.Restarting;
        outbox.Add(EffectKind.ActorChanged, actor);
        Remote?.OnChanged(actor);
        Remote?.ResolveLost(actor);
        TaskRecord creation = actor.Creation;
        if (!creation.IsTerminal)
        {
            WithdrawCreation(creation);
        }
        else
        {
            creation.Job.Unfinished++;
        }

        creation.AttemptNumber++;
        creation.IsPlacedHere = false;
        creation.IsWanted |= actor.PendingCalls > 0;
        Tasks.Inputs.Await(creation);
    }

    private static bool TryCharge(ActorRecord actor, Blame blame)
    {
        if (blame != Blame.None)
        {
            return Charges.TryCharge(actor.Creation, blame);
        }

        if (actor.Options.MaxRestarts >= 0 && actor.RestartsUsed >= actor.Options.MaxRestarts)
        {
            return false;
        }

        actor.RestartsUsed++;
        return true;
    }

    /// <summary>Ends the actor for good: every call that has not ended fails.</summary>
    public void Die(ActorRecord actor, Failure failure, bool dispose = true)
    {
        if (actor.State == ActorState.Dead)
        {
            return;
        }

        if (!actor.IsManagedElsewhere)
        {
            Remote?.StopHosted(actor, dispose, isFinal: true, failure.Message);
        }

        actor.State = ActorState.Dead;
        actor.Death = failure;
        if (actor.Options.Name is { } name)
        {
            _names.Remove((actor.Options.Namespace, name));
        }

        TaskRecord? creation = actor.OwnCreation;
        if (creation is { IsTerminal: false })
        {
            WithdrawCreation(creation);
            Tasks.Fail(creation, TaskState.Failed, failure);
        }

        EndIncarnation(actor, retry: false, failure, dispose);
        FailQueued(actor, failure);
        Remote?.FailAll(actor, failure);
        if (creation is not null)
        {
            ReleaseConstruction(creation);
            EndForeignCreation(creation);
        }

        outbox.Add(EffectKind.ActorChanged, actor);
        Remote?.OnChanged(actor);
        if (creation is not { IsHeld: true } && actor.Handle is null && creation?.Shared is null)
        {
            Forget(actor);
        }
    }

    /// <summary>What is said of a call that was running when its actor's incarnation ended.</summary>
    public const string MayNotRepeat = "the call was running and may not be repeated (maxTaskRetries of the actor's options lets such calls run again; later calls find the new incarnation).";

    private static string WhyNoRestart(ActorRecord actor, bool isKnown) => actor.Options.MaxRestarts switch
    {
        0 => " It may not restart (maxRestarts 0).",
        > 0 when actor.RestartsUsed >= actor.Options.MaxRestarts => $" It was restarted {actor.RestartsUsed} times, and its restarts are used up (maxRestarts {actor.Options.MaxRestarts}; raise it, or -1 for no bound).",
        _ => isKnown ? "" : " What constructs it was lost with its manager's node.",
    };

    public static string NameOf(ActorRecord actor) => actor.Options.Name ?? $"{actor.ClassName ?? "?"} {actor.Id}";

    /// <summary>What a call of a dead actor fails with.</summary>
    public static Failure DeathOf(ActorRecord actor, TaskRecord call) =>
        actor.Death! with { FunctionName = call.Name };

    private void Enqueue(ActorRecord actor, TaskRecord call)
    {
        if (Remote is not null && !call.IsForeign && (!actor.IsHostedHere || actor.Outgoing.Count > 0 || actor.Returned.Count > 0 || actor.InFlight > 0))
        {
            Remote.Enqueue(actor, call);
        }
        else
        {
            EnqueueHere(actor, call);
        }
    }

    /// <summary>A call's turn has come at an actor that lives on this node.</summary>
    public void EnqueueHere(ActorRecord actor, TaskRecord call)
    {
        actor.Lanes[call.Lane].Ready.Add(call);
        QueueIfRunnable(actor);
    }

    /// <summary>
    /// The record of a construction for another node stays while what it made lives; nobody refers to it as an object, so nothing else would
    /// end it.
    /// </summary>
    public void EndForeignCreation(TaskRecord creation)
    {
        if (creation.IsForeign)
        {
            ReleaseConstruction(creation);
            objects.End(creation);
        }
    }

    /// <summary>It is not constructed again.</summary>
    public void ReleaseConstruction(TaskRecord creation)
    {
        Tasks.Inputs.Release(creation);
        creation.Payload = null;
        creation.Inputs = null;
    }

    /// <summary>An incarnation that another node manages ends here: its running calls are repeated or fail; those of other nodes fail, and their callers may repeat them.</summary>
    public void EndHostedIncarnation(ActorRecord actor, bool dispose, Failure failure)
    {
        // Its number goes up like its manager's: bodies that return later are not those of the next one that lives here.
        EndIncarnation(actor, retry: true, failure, dispose);
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

    private void StopIfUnused(ActorRecord actor)
    {
        if (actor.IsOutOfScope && !actor.IsManagedElsewhere && actor.PendingCalls == 0 && actor.State != ActorState.Dead && !actor.Creation.IsHeld)
        {
            Die(actor, new Failure(FailureKind.ActorDied, $"Actor {NameOf(actor)} is gone: all its handles went out of scope.", null, actor.Id.Creation, actor.ClassName));
        }
    }

    private void EndIncarnation(ActorRecord actor, bool retry, Failure failure, bool dispose)
    {
        object? instance = actor.Instance;
        actor.Instance = null;
        Attempt[] running = [.. actor.RunningAttempts.OrderBy(a => a.StartNumber)];
        actor.RunningAttempts.Clear();
        if (instance is not null && dispose)
        {
            Retire(actor, instance, running.Length);
        }

        actor.Incarnation++;
        foreach (ActorLane lane in actor.Lanes)
        {
            lane.Running = 0;
            lane.Sole = null;
        }

        if (actor.HasGrant)
        {
            actor.HasGrant = false;
            LedgerOf(actor).Release(actor.Creation.Options.Shape, actor.GrantedGpus, withCpu: actor.BlockedCalls == 0);
            actor.GrantedGpus = null;
        }

        actor.BlockedCalls = 0;
        actor.TurnBlocker = null;

        List<TaskRecord> repeat = [];
        foreach (Attempt attempt in running)
        {
            TaskRecord call = attempt.Task;
            if (call.Current != attempt)
            {
                continue;
            }

            Tasks.Cancellation.GiveUp(call);
            Tasks.Cancellation.CancelLostChildren(attempt);
            // Only a call's own node numbers its attempts: it hears that this one failed.
            if (retry && !call.IsForeign && RetryRules.MayRetry(call))
            {
                call.RetriesUsed++;
                call.AttemptNumber++;
                call.State = TaskState.Ready;
                if (call.Inputs is { } inputs)
                {
                    Tasks.Inputs.Use(call, inputs);
                }

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
    }

    /// <summary>Disposes of an instance now, or once its running calls have returned: never under a running method.</summary>
    private void Retire(ActorRecord actor, object instance, int running)
    {
        if (running == 0)
        {
            outbox.Add(EffectKind.StopActor, actor, instance);
            return;
        }

        (actor.Retired ??= []).Add(new RetiredInstance(actor.Incarnation, instance, running));
    }

    private void OnRetiredEnded(ActorRecord actor, int incarnation)
    {
        if (actor.Retired?.Find(r => r.Incarnation == incarnation) is { } retired && --retired.Running == 0)
        {
            actor.Retired.Remove(retired);
            outbox.Add(EffectKind.StopActor, actor, retired.Instance);
        }
    }

    private ResourceLedger LedgerOf(ActorRecord actor) => actor.Creation.Options.Reservation ?? Ledger;

    private void WithdrawCreation(TaskRecord creation)
    {
        Attempt? constructing = creation.Current;
        Tasks.Cancellation.Withdraw(creation);
        if (constructing is not null)
        {
            Tasks.Cancellation.CancelLostChildren(constructing);
        }
    }

    private void FailQueued(ActorRecord actor, Failure failure)
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

    private void FailAll(TaskQueue queue, Failure failure)
    {
        while (queue.Head is { } call)
        {
            queue.Remove(call);
            call.IsHeldBack = false;
            Tasks.Cancellation.Withdraw(call);
            Tasks.Fail(call, TaskState.Failed, failure);
        }
    }
}
