namespace RayOrleans.Core;

/// <summary>
/// Actors: names and life cycle. A killed or finished incarnation's running calls fail or are repeated at once.
/// </summary>
internal sealed class ActorMachine
{
    private readonly ObjectTable _objects;
    private readonly Outbox _outbox;
    private readonly Dictionary<(string Namespace, string Name), ActorRecord> _names = [];
    private readonly Dictionary<ActorId, ActorRecord> _actors = [];

    public ActorMachine(ObjectTable objects, Outbox outbox)
    {
        _objects = objects;
        _outbox = outbox;
        Calls = new ActorCalls(this, objects);
    }

    /// <summary>Their calls, in their order.</summary>
    public ActorCalls Calls { get; }

    /// <summary>The task machine; set once by the engine.</summary>
    public TaskMachine Tasks { get; set; } = null!;

    public required ResourceLedger Ledger { get; init; }

    /// <summary>Actors on other nodes; null on a node that is alone.</summary>
    public RemoteActors? Remote { get; set; }

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

        Calls.OnReturned(attempt);
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

    /// <summary>The process that constructed an actor has ended: it is constructed anew, wherever that is decided.</summary>
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
        _outbox.Add(EffectKind.ActorChanged, actor);
        Remote?.OnChanged(actor);

        // It may have moved here from a node that died with calls of this one.
        Remote?.Calls.ResolveLost(actor);
        Remote?.Calls.Flush(actor);
        Calls.QueueIfRunnable(actor);
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
        _outbox.Add(EffectKind.ActorChanged, actor);
        Remote?.OnChanged(actor);
        Remote?.Calls.ResolveLost(actor);
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
        Calls.FailQueued(actor, failure);
        Remote?.Calls.FailAll(actor, failure);
        if (creation is not null)
        {
            ReleaseConstruction(creation);
            EndForeignCreation(creation);
        }

        _outbox.Add(EffectKind.ActorChanged, actor);
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

    /// <summary>
    /// The record of a construction for another node stays while what it made lives; nobody refers to it as an object, so nothing else would
    /// end it.
    /// </summary>
    public void EndForeignCreation(TaskRecord creation)
    {
        if (creation.IsForeign)
        {
            ReleaseConstruction(creation);
            _objects.End(creation);
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
        Attempt[] running = ActorCalls.TakeRunning(actor);
        if (instance is not null && dispose)
        {
            Retire(actor, instance, running.Length);
        }
        else if (instance is ProcessInstance)
        {
            // Nothing of it runs but calls that were given up, and those keep what they need: its process need not wait for them.
            _outbox.Add(EffectKind.KillInstance, actor, instance);
        }

        actor.Incarnation++;
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
            bool hasBegun = instance is not ProcessInstance || attempt.Session is not null;
            if (retry && !call.IsForeign && (!hasBegun || RetryRules.MayRetry(call)))
            {
                // What was not handed over yet is as if it had never been started.
                call.RetriesUsed += hasBegun ? 1 : 0;
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

        ActorCalls.PutFirst(actor, repeat);
    }

    /// <summary>Disposes of an instance now, or once its running calls have returned: never under a running method.</summary>
    private void Retire(ActorRecord actor, object instance, int running)
    {
        if (running == 0)
        {
            _outbox.Add(EffectKind.StopActor, actor, instance);
            return;
        }

        (actor.Retired ??= []).Add(new RetiredInstance(actor.Incarnation, instance, running));
    }

    private void OnRetiredEnded(ActorRecord actor, int incarnation)
    {
        if (actor.Retired?.Find(r => r.Incarnation == incarnation) is { } retired && --retired.Running == 0)
        {
            actor.Retired.Remove(retired);
            _outbox.Add(EffectKind.StopActor, actor, retired.Instance);
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
}
