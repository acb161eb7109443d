namespace RayOrleans.Core;

/// <summary>
/// Calls from this node of actors that live elsewhere, or nowhere yet: numbered in the order in which their turns came, sent in that order once it is known where the
/// actor lives, and put back into it when they come back.
/// </summary>
internal sealed class OutgoingCalls(ClusterLinks links, SharedTable shared, TaskForwarder forwarder, TaskMachine tasks, ActorCalls here)
{
    private readonly HashSet<ActorRecord> _losers = [];
    private long _lastCall;

    /// <summary>A call's turn has come at an actor that lives elsewhere, or nowhere yet.</summary>
    public void Enqueue(ActorRecord actor, TaskRecord call)
    {
        Number(call);
        actor.Outgoing.Add(call);
        if (actor.Handle is { Shared.IsSubscribed: false })
        {
            AskWhere(actor);
        }

        Flush(actor);
    }

    /// <summary>A call that was sent has ended, or came back, or was on a node that died.</summary>
    public static void OnBack(TaskRecord call)
    {
        if (call is { Kind: TaskKind.ActorCall, Actor: { } actor })
        {
            actor.InFlight--;
        }
    }

    /// <summary>The actor is not where it was called: the call goes again once it is known where it is.</summary>
    public void OnRefused(TaskRecord call, bool isMoved)
    {
        ActorRecord actor = call.Actor!;
        call.State = TaskState.Ready;
        if (actor.State == ActorState.Dead)
        {
            // Its end was heard of while the call was on its way.
            tasks.Fail(call, TaskState.Failed, ActorMachine.DeathOf(actor, call));
            return;
        }

        actor.Returned.Add(call);
        if (isMoved && actor.IsManagedElsewhere && actor.HostNode != NodeId.None)
        {
            // Asked once for all that come back.
            actor.HostNode = NodeId.None;
            AskWhere(actor);
        }

        Flush(actor);
    }

    /// <summary>A call was on a node that died.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayHaveBegun">Whether the node may have started it.</param>
    public void OnLost(TaskRecord call, bool mayHaveBegun)
    {
        call.State = TaskState.Ready;
        (mayHaveBegun ? call.Actor!.Lost : call.Actor!.Returned).Add(call);
        _losers.Add(call.Actor);
    }

    /// <summary>A node died, and all calls that were there have been told by <see cref="OnLost"/>.</summary>
    public void ResolveLosers()
    {
        // The news that an actor goes on elsewhere, or not at all, may have come before the news of the death.
        foreach (ActorRecord actor in _losers)
        {
            if (actor.State == ActorState.Dead)
            {
                FailAll(actor, actor.Death!);
            }
            else if (actor.State == ActorState.Restarting || actor.HostNode != NodeId.None || actor.IsHostedHere)
            {
                ResolveLost(actor);
                Flush(actor);
            }
        }

        _losers.Clear();
    }

    /// <summary>What becomes of the calls that were running on a node that died, now that the actor goes on elsewhere.</summary>
    public void ResolveLost(ActorRecord actor)
    {
        foreach (TaskRecord call in actor.Lost.ToList())
        {
            if (call.State != TaskState.Ready)
            {
                continue;
            }

            if (RetryRules.MayRetry(call))
            {
                call.RetriesUsed++;
                call.AttemptNumber++;
                actor.Returned.Add(call);
            }
            else
            {
                tasks.Fail(call, TaskState.Failed, new Failure(
                    FailureKind.ActorUnavailable,
                    $"Actor {ActorMachine.NameOf(actor)} is restarting (its node died); {ActorMachine.MayNotRepeat}", null, call.TaskId, call.Name));
            }
        }

        actor.Lost.Clear();
    }

    /// <summary>Calls of an actor that is gone for good fail.</summary>
    public void FailAll(ActorRecord actor, Failure failure)
    {
        foreach (TaskRecord call in actor.Lost.Concat(actor.Returned).ToList())
        {
            if (call.State == TaskState.Ready)
            {
                tasks.Fail(call, TaskState.Failed, failure);
            }
        }

        actor.Lost.Clear();
        actor.Returned.Clear();
    }

    /// <summary>Sends what waits, if it is known where the actor lives.</summary>
    public void Flush(ActorRecord actor)
    {
        if (actor.State != ActorState.Alive)
        {
            return;
        }

        if (actor.InFlight > 0 && (actor.IsHostedHere || actor.SentIncarnation != actor.Incarnation))
        {
            // Calls are still on their way to an earlier incarnation, or back from it; what came after them stays behind them.
            return;
        }

        MergeReturned(actor);
        if (actor.IsHostedHere)
        {
            while (actor.Outgoing.Head is { } call)
            {
                actor.Outgoing.Remove(call);
                here.EnqueueHere(actor, call);
            }

            return;
        }

        while (actor.HostNode != NodeId.None && actor.Outgoing.Head is { } call)
        {
            actor.Outgoing.Remove(call);
            actor.InFlight++;
            actor.SentIncarnation = actor.Incarnation;
            forwarder.ForwardCall(call, actor);
        }
    }

    /// <summary>A call that has not started goes on elsewhere, among the others that came back.</summary>
    public void PutBack(ActorRecord actor, TaskRecord call)
    {
        Number(call);
        actor.Returned.Add(call);
    }

    /// <summary>The table tells where an actor is that another node manages, now and whenever that changes.</summary>
    public void AskWhere(ActorRecord actor)
    {
        if (actor is { IsManagedElsewhere: true, Handle: { Shared: { } state } handle })
        {
            state.IsSubscribed = true;
            links.SendToShardOf(handle.TaskId, new SubscribeMessage(shared.RefOf(handle), IsOn: true));
        }
    }

    private void Number(TaskRecord call)
    {
        if (call.CallNumber == 0)
        {
            call.CallNumber = ++_lastCall;
        }
    }

    private static void MergeReturned(ActorRecord actor)
    {
        if (actor.Returned.Count == 0)
        {
            return;
        }

        List<TaskRecord> all = [.. actor.Returned.Where(c => c.State == TaskState.Ready && c.Queue is null)];
        actor.Returned.Clear();
        while (actor.Outgoing.Head is { } call)
        {
            actor.Outgoing.Remove(call);
            all.Add(call);
        }

        foreach (TaskRecord call in all.OrderBy(c => c.CallNumber))
        {
            actor.Outgoing.Add(call);
        }
    }
}
