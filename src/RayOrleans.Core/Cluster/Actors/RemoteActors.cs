namespace RayOrleans.Core;

/// <summary>
/// Actors over several nodes. The owner of the creation task manages the actor; the node it lives on hosts it; callers send their calls
/// straight to the host, in order (<see cref="OutgoingCalls"/>). One record per node plays whichever of these parts the node has.
/// </summary>
internal sealed class RemoteActors(
    ClusterOptions options,
    ClusterLinks links,
    SharedTable shared,
    TaskForwarder forwarder,
    ForeignTasks foreign,
    TaskMachine tasks,
    ActorMachine actors)
{
    private readonly HashSet<ActorRecord> _orphans = [];
    private readonly EndedIncarnations _ended = new();

    /// <summary>Calls from this node of actors that live elsewhere, or nowhere yet.</summary>
    public OutgoingCalls Calls { get; } = new(links, shared, forwarder, tasks, actors.Calls);

    // ---- handles

    /// <summary>The record behind a handle that came from another node.</summary>
    public ActorRecord MakeProxy(ActorId id, RemoteActor actor)
    {
        if (actors.Find(id) is { } known)
        {
            return known;
        }

        ActorRecord proxy = new(id, actor.Options)
        {
            ClassName = actor.ClassName,
            Host = actor.Host,
            IsHostedHere = false,
            IsManagedElsewhere = true,
        };
        actors.Add(proxy);
        return proxy;
    }

    /// <summary>The last handle on this node is gone.</summary>
    public void DropProxy(ActorRecord actor)
    {
        actor.HandleJob = actor.Handle?.Job;
        actor.Handle = null;
        if (actor.IsManagedElsewhere && (!actor.IsHostedHere || actor.State == ActorState.Dead))
        {
            actors.Forget(actor);
        }
    }

    /// <summary>
    /// The record of an actor that is called again for a result that was lost. Where no handle is left here the table is asked, like for one that comes from a name:
    /// it is there, and held from the answer on, or gone.
    /// </summary>
    public ActorRecord Reach(ActorRecord actor)
    {
        if (actor is not { IsManagedElsewhere: true, Handle: null, IsHostedHere: false, State: not ActorState.Dead, HandleJob: { } job })
        {
            return actor;
        }

        if (actors.Find(actor.Id) is { } known)
        {
            // Handles have come since, or it is managed here now.
            return known;
        }

        actor.HostNode = NodeId.None;
        actors.Add(actor);
        ObjectEntry handle = shared.FindOrCreate(new RemoteRef(new ObjectId(actor.Id.Creation, 0), NodeId.None, job.Id, job.Driver, 0, actor.Description));
        SharedState state = handle.Shared!;
        state.Seekers = [];
        state.Reported = HoldLevel.Value;
        state.IsSubscribed = true;
        state.ReportSent();
        links.SendToShardOf(handle.TaskId, new FindMessage(shared.RefOf(handle)));
        return actor;
    }

    // ---- manager

    /// <summary>It was decided where the actor will live.</summary>
    public void OnHostChosen(TaskRecord creation, NodeId node)
    {
        ActorRecord actor = creation.Actor!;
        bool wasHere = actor.IsHostedHere;
        actor.HostNode = node;
        actor.IsHostedHere = node == options.Self;
        if (wasHere && !actor.IsHostedHere)
        {
            MoveQueued(actor);
        }
    }

    /// <summary>The actor lived here and goes on elsewhere: calls that wait here follow it, those of other nodes by way of their callers.</summary>
    private void MoveQueued(ActorRecord actor)
    {
        foreach (TaskRecord call in foreign.CallsOf(actor).Where(c => c.State != TaskState.Running).ToList())
        {
            foreign.SendBack(call);
        }

        foreach (ActorLane lane in actor.Lanes)
        {
            while (lane.Ready.Head is { } call)
            {
                lane.Ready.Remove(call);
                Calls.PutBack(actor, call);
            }
        }
    }

    /// <summary>The constructor's outcome was accepted.</summary>
    public void OnCreated(TaskRecord creation, Failure? failure)
    {
        ActorRecord actor = creation.Actor!;
        if (failure is null && creation.State == TaskState.Succeeded)
        {
            actors.OnCreated(actor, null);
            Calls.Flush(actor);
        }
    }

    /// <summary>The actor's state has changed: those who call it from elsewhere learn of it from the table.</summary>
    public void OnChanged(ActorRecord actor)
    {
        if (!actor.IsManagedElsewhere && actor.Creation is { Shared.IsPublished: true } creation)
        {
            links.SendToShardOf(creation.TaskId, new ActorMessage(creation.TaskId, Publications.ActorReportOf(actor)));
        }
    }

    /// <summary>An incarnation of an actor that this node manages, and that lives elsewhere, has ended.</summary>
    public void StopHosted(ActorRecord actor, bool dispose, bool isFinal, string why)
    {
        if (!actor.IsHostedHere && actor.HostNode != NodeId.None && links.IsAlive(actor.HostNode))
        {
            links.Send(actor.HostNode, new StopActorMessage(actor.Id, actor.Incarnation, dispose, isFinal, why));
        }

        actor.HostNode = NodeId.None;
    }

    /// <summary>A manager's record was taken over.</summary>
    public void OnAdopted(TaskRecord creation, ActorReport? report)
    {
        ActorRecord actor = creation.Actor!;
        actor.IsManagedElsewhere = false;
        if (actor.OwnCreation is { IsForeign: true, IsTerminal: false } constructing)
        {
            // Here, for the manager that died, of whose death this node has not heard yet.
            foreign.Abandon(constructing);
        }

        actor.Handle = null;
        bool livesHere = actor is { IsHostedHere: true, State: ActorState.Alive };
        if (!livesHere && report is not null)
        {
            actor.State = report.State;
            actor.Incarnation = report.Incarnation;
            actor.RestartsUsed = report.RestartsUsed;
            actor.HostNode = report.Host;
            actor.Death = report.Death;
        }

        if (!ReferenceEquals(actor.Creation, creation))
        {
            creation.Inputs ??= actor.OwnCreation?.Inputs;
            creation.Payload ??= actor.OwnCreation?.Payload;
            if (actor.OwnCreation is { IsForeign: true } hosted)
            {
                // It was hosted here for the manager that died: one record is enough from now on.
                if (creation.Inputs is { } inputs)
                {
                    tasks.Inputs.Use(creation, inputs);
                }

                actors.EndForeignCreation(hosted);
            }

            actor.Creation = creation;
        }

        creation.State = TaskState.Succeeded;
        if (actor.State == ActorState.Dead)
        {
            actors.ReleaseConstruction(creation);
            return;
        }

        if (report is null || (creation.Job.IsEnded && !actor.Options.IsDetached))
        {
            string why = report is null ? "its manager died before its record reached the object table" : creation.Job.EndedBecause!;
            actors.Die(actor, new Failure(FailureKind.ActorDied, $"Actor {ActorMachine.NameOf(actor)} is dead: {why}.", null, actor.Id.Creation, actor.ClassName));
            return;
        }

        if (livesHere)
        {
            actor.Manager = NodeId.None;
            OnChanged(actor);
        }
        else if (actor.State == ActorState.Alive && actor.HostNode == options.Self)
        {
            // It ended here while it had no manager.
            actor.HostNode = NodeId.None;
            EndedIncarnation ended = _ended.Find(actor.Id, actor.Incarnation);
            actors.Kill(actor, mayRestart: ended.MayRestart, ended.Why, blame: ended.Blame);
        }
        else if (actor.State == ActorState.Alive && links.IsAlive(actor.HostNode))
        {
            links.Send(actor.HostNode, new ActorManagerMessage(actor.Id, actor.Incarnation));
            Calls.Flush(actor);
        }
        else
        {
            // Where it was going to live, or lived, is not known or not there any more.
            actors.Kill(actor, mayRestart: true, "the nodes of its manager and its own died");
        }
    }

    public void Kill(ActorRecord actor, bool mayRestart, string why) => actors.Kill(actor, mayRestart, why);

    // ---- host

    public bool TryFindHosted(ActorId id, int incarnation, out ActorRecord? actor)
    {
        actor = actors.Find(id);
        return actor is { IsHostedHere: true } && actor.Incarnation == incarnation && actor.State != ActorState.Dead;
    }

    /// <summary>An actor is to live here.</summary>
    public ActorRecord MakeHosted(NodeId manager, ExecuteMessage message)
    {
        ActorId id = message.Spec.ActorId;
        ActorRecord? actor = actors.Find(id);
        if (actor is { IsHostedHere: true, State: not ActorState.Dead } && actor.Incarnation <= message.Incarnation)
        {
            // One of the same number is that of a manager that died before anybody heard of it.
            // Without a handle here its record goes with it.
            EndHosted(actor, dispose: false, isFinal: false, "another incarnation takes its place");
            actor = actors.Find(id);
        }

        if (actor is null)
        {
            RemoteActor description = message.Spec.Actor!;
            actor = new ActorRecord(id, description.Options) { ClassName = description.ClassName, Host = description.Host, IsManagedElsewhere = true };
            actors.Add(actor);
        }

        actor.IsHostedHere = true;
        actor.IsManagedElsewhere = true;
        actor.Manager = manager;
        actor.HostNode = options.Self;
        actor.Incarnation = message.Incarnation;
        actor.State = ActorState.Pending;
        actor.Host ??= message.Spec.Actor!.Host;
        return actor;
    }

    /// <summary>It is not to live here after all: its job has ended.</summary>
    public void OnNotHosted(ActorRecord actor)
    {
        actor.IsHostedHere = false;
        actor.HostNode = NodeId.None;
        if (actor.Handle is null)
        {
            actors.Forget(actor);
        }
    }

    /// <summary>Its construction here failed, or was given up.</summary>
    public void OnNotCreatedHere(ActorRecord actor, TaskRecord creation, Failure failure)
    {
        if (actor is { IsHostedHere: true, State: not ActorState.Dead } && actor.OwnCreation == creation)
        {
            EndHosted(actor, dispose: false, isFinal: false, failure.Kind == FailureKind.Cancelled ? "its construction was given up" : "its constructor failed");
        }
    }

    public void SubmitForeignCall(TaskRecord call)
    {
        call.Actor!.PendingCalls++;
        tasks.SubmitForeign(call);
    }

    /// <summary>An actor that another node manages ended here: by itself, or with its process.</summary>
    public void OnEndedHere(ActorRecord actor, string why, Blame blame)
    {
        _ended.Add(new EndedIncarnation(actor.Id, actor.Incarnation, why, blame));
        if (actor.Manager != NodeId.None && links.IsAlive(actor.Manager))
        {
            links.Send(actor.Manager, new ActorEndedMessage(actor.Id, actor.Incarnation, why, blame));
        }
    }

    /// <summary>What lives here without a manager asks who that is now: the table may have lost the question, and a manager the answer.</summary>
    public void Tick()
    {
        foreach (ActorRecord actor in _orphans.ToList())
        {
            if (actor is { IsManagedElsewhere: true, IsHostedHere: true, State: not ActorState.Dead, OwnCreation: { } creation } && actor.Manager == NodeId.None)
            {
                links.SendToShardOf(creation.TaskId, new OrphanMessage(
                    new RemoteRef(new ObjectId(creation.TaskId, 0), NodeId.None, creation.Job.Id, creation.Job.Driver), options.Self, actor.Incarnation));
            }
            else
            {
                _orphans.Remove(actor);
            }
        }
    }

    /// <summary>A call, or a construction, was on a node that died.</summary>
    /// <param name="task">The call or construction.</param>
    /// <param name="mayHaveBegun">Whether the node may have started it.</param>
    public void OnLost(TaskRecord task, bool mayHaveBegun)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            // The constructor had not ended: it runs again elsewhere.
            task.Actor!.HostNode = NodeId.None;
            tasks.Repeat(task, null);
            return;
        }

        Calls.OnLost(task, mayHaveBegun);
    }

    /// <summary>A node died, and what was there has been told by <see cref="OnLost"/>.</summary>
    public void OnDied(NodeId node)
    {
        foreach (ActorRecord actor in actors.All.ToList())
        {
            if (actor.IsHostedHere)
            {
                if (actor.Manager == node)
                {
                    actor.Manager = NodeId.None;
                    _orphans.Add(actor);
                }

                continue;
            }

            if (actor.HostNode != node)
            {
                continue;
            }

            actor.HostNode = NodeId.None;
            if (!actor.IsManagedElsewhere && actor.State == ActorState.Alive)
            {
                actors.Kill(actor, mayRestart: true, $"node {node}, on which it lived, died", node: node);
            }
        }

        Calls.ResolveLosers();
    }

    /// <summary>A node has joined: a report may have named it before.</summary>
    public void OnJoined(NodeId node)
    {
        foreach (ActorRecord actor in actors.All.Where(a => a.ReportedHost == node && a is { IsManagedElsewhere: true, IsHostedHere: false, State: ActorState.Alive }).ToList())
        {
            actor.HostNode = node;
            Calls.ResolveLost(actor);
            Calls.Flush(actor);
        }
    }

    /// <summary>The actors that are known here, for people.</summary>
    public IEnumerable<string> Describe() => actors.All.Select(static a =>
        $"{a.Id} {a.ClassName} {a.State} incarnation {a.Incarnation} host {a.HostNode} here {a.IsHostedHere} managed elsewhere {a.IsManagedElsewhere}, subscribed {a.Handle?.Shared?.IsSubscribed}, "
        + $"creation {a.OwnCreation?.State} on {a.OwnCreation?.RunsOn}, calls: pending {a.PendingCalls} outgoing {a.Outgoing.Count} returned {a.Returned.Count} lost {a.Lost.Count} running {a.RunningAttempts.Count} "
        + $"ready {a.Lanes.Sum(l => l.Ready.Count)} unready {a.Unready.Count} held back {a.HeldBack?.Values.Sum(h => h.Count) ?? 0}");

    /// <summary>The table told where an actor stands that another node manages.</summary>
    public void OnReport(ObjectEntry handle, ActorReport report)
    {
        if ((handle as TaskRecord)?.Actor is not { IsManagedElsewhere: true } actor || report.Incarnation < actor.Incarnation || actor.State == ActorState.Dead)
        {
            return;
        }

        if (actor.IsHostedHere && report.Host == options.Self)
        {
            return;
        }

        if (report.State == ActorState.Dead)
        {
            actors.Die(actor, report.Death ?? new Failure(FailureKind.ActorDied, $"Actor {actor.Id} is dead."));
            return;
        }

        if (!actor.IsHostedHere)
        {
            actor.Incarnation = report.Incarnation;
            actor.State = report.State;
            actor.ReportedHost = report.State == ActorState.Alive ? report.Host : NodeId.None;
            actor.HostNode = links.IsAlive(actor.ReportedHost) ? actor.ReportedHost : NodeId.None;
            actor.RestartsUsed = report.RestartsUsed;
        }

        if (report.State == ActorState.Restarting || actor.HostNode != NodeId.None)
        {
            Calls.ResolveLost(actor);
        }

        Calls.Flush(actor);
    }

    /// <summary>The table told that the record of a handle is gone, or that its construction failed.</summary>
    public void OnGone(ObjectEntry handle, Failure? failure)
    {
        if ((handle as TaskRecord)?.Actor is { IsManagedElsewhere: true, IsHostedHere: false } actor && actor.State != ActorState.Dead)
        {
            actors.Die(actor, failure ?? new Failure(FailureKind.ActorDied, $"Actor {ActorMachine.NameOf(actor)} is gone: the cluster does not know it any more.", null, actor.Id.Creation, actor.ClassName));
        }
    }

    public void Apply(NodeId from, Message message)
    {
        switch (message)
        {
            case StopActorMessage stop when actors.Find(stop.Actor) is { IsHostedHere: true } actor && actor.Incarnation == stop.Incarnation && actor.State != ActorState.Dead:
                _ended.Add(new EndedIncarnation(stop.Actor, stop.Incarnation, stop.Why, stop.IsFinal ? Blame.None : Blame.Culprit));
                EndHosted(actor, stop.Dispose, stop.IsFinal, stop.Why);
                break;
            case ActorEndedMessage ended when actors.Find(ended.Actor) is { IsManagedElsewhere: false } actor && actor.Incarnation == ended.Incarnation:
                actor.HostNode = NodeId.None;
                actors.Kill(actor, mayRestart: ended.Blame != Blame.None, ended.Why, dispose: true, blame: ended.Blame);
                break;
            case ActorManagerMessage manager when actors.Find(manager.Actor) is { IsHostedHere: true } actor && actor.Incarnation == manager.Incarnation:
                actor.Manager = from;
                break;
            case ActorManagerMessage manager:
                // It ended while it had no manager who could be told, or who could tell others.
                EndedIncarnation known = _ended.Find(manager.Actor, manager.Incarnation);
                links.Send(from, new ActorEndedMessage(known.Actor, known.Incarnation, known.Why, known.Blame));
                break;
            case StopActorMessage or ActorEndedMessage:
                // Of an incarnation that is not here any more.
                break;
            case OrphanMessage orphan:
                OnOrphan(orphan);
                break;
            default:
                throw new InvalidOperationException($"A node does not take {message.GetType().Name}.");
        }
    }

    /// <summary>A node asks who manages an actor that lives there: this node does, or it manages another incarnation, or none.</summary>
    private void OnOrphan(OrphanMessage message)
    {
        ActorId id = new(message.Ref.Id.Task);
        ActorRecord? actor = actors.Find(id) is { IsManagedElsewhere: false, State: not ActorState.Dead } known ? known : null;
        if (actor is not null && actor.Incarnation == message.Incarnation)
        {
            if (actor.HostNode == message.Host)
            {
                links.Send(message.Host, new ActorManagerMessage(id, message.Incarnation));
                return;
            }

            if (actor.HostNode == NodeId.None && !actor.IsHostedHere)
            {
                // It is being decided where it lives.
                return;
            }
        }

        links.Send(message.Host, new StopActorMessage(id, message.Incarnation, Dispose: true, IsFinal: actor is null, "its manager died"));
    }

    /// <summary>An incarnation that lives here ends: its manager wants it, or its process has ended.</summary>
    public void EndHosted(ActorRecord actor, bool dispose, bool isFinal, string why)
    {
        if (isFinal)
        {
            actors.Die(actor, new Failure(FailureKind.ActorDied, $"Actor {ActorMachine.NameOf(actor)} is dead: {why}.", null, actor.Id.Creation, actor.ClassName), dispose);
            return;
        }

        actor.IsHostedHere = false;
        actors.EndHostedIncarnation(actor, dispose, new Failure(
            FailureKind.ActorUnavailable, $"Actor {ActorMachine.NameOf(actor)} is restarting ({why}); {ActorMachine.MayNotRepeat}",
            null, actor.Id.Creation, actor.ClassName));
        if (actor.OwnCreation is { IsForeign: true } creation)
        {
            foreign.Abandon(creation);
            actors.EndForeignCreation(creation);
        }

        // What has not started goes back to its callers, who wait for the next incarnation; so do this node's own calls.
        MoveQueued(actor);
        actor.HostNode = NodeId.None;
        actor.State = ActorState.Restarting;
        if (actor.Handle is null)
        {
            actors.Forget(actor);
        }
        else if (actor.OwnCalls > 0)
        {
            Calls.AskWhere(actor);
        }
    }
}
