namespace RayOrleans.Core;

/// <summary>What nodes tell each other about tasks: to run one, how it has ended there, that it does not run there; and what becomes of those that were on a node that died.</summary>
internal sealed class RemoteTasks(
    ClusterLinks links, ResourceLedger ledger, TaskMachine tasks, TaskForwarder forwarder, ForeignTasks foreign, TaskPlacement placement, RemoteActors actors)
{
    /// <summary>A node has this one run a task.</summary>
    public void OnExecute(NodeId from, ExecuteMessage message)
    {
        TaskSpec spec = message.Spec;
        ActorRecord? actor = null;
        bool isMoved = spec.Kind == TaskKind.ActorCall && !actors.TryFindHosted(spec.ActorId, message.Incarnation, out actor);
        bool isRefused = isMoved || (spec.Kind != TaskKind.ActorCall && !ledger.IsFeasible(spec.Options.Shape));
        if (isRefused)
        {
            links.Send(from, new RefusedMessage(spec.Id, message.Attempt, isMoved));
            return;
        }

        if (spec.Kind == TaskKind.ActorCreation)
        {
            actor = actors.MakeHosted(from, message);
        }

        if (foreign.Make(from, message, actor) is { } task)
        {
            if (spec.Kind == TaskKind.ActorCall)
            {
                actors.SubmitForeignCall(task);
            }
            else
            {
                if (actor is not null)
                {
                    actor.Creation = task;
                }

                tasks.SubmitForeign(task);
            }
        }
        else if (spec.Kind == TaskKind.ActorCreation)
        {
            actors.OnNotHosted(actor!);
        }
    }

    /// <summary>An outcome of one of this node's tasks came.</summary>
    public void OnCompleted(NodeId from, CompletedMessage message)
    {
        if (forwarder.OnCompleted(from, message) is not { Actor: { } actor } returned)
        {
            return;
        }

        if (returned.Kind == TaskKind.ActorCreation)
        {
            actors.OnCreated(returned, message.Failure);
        }

        actors.Calls.Flush(actor);
    }

    /// <summary>A node does not run one of this node's tasks.</summary>
    public void OnRefused(NodeId from, RefusedMessage message)
    {
        if (forwarder.OnRefused(from, message) is not { } task)
        {
            return;
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            actors.Calls.OnRefused(task, message.IsMoved);
        }
        else
        {
            placement.OnRefused(task, from);
        }
    }

    /// <summary>Somebody blocks for a task that its owner has sent here; it may have ended meanwhile.</summary>
    public void OnWanted(NodeId from, WantedMessage message)
    {
        if (foreign.Find(message.Task) is { } task && task.Origin == from && task.AttemptNumber == message.Attempt)
        {
            tasks.Wanted.Want(task);
        }
    }

    /// <summary>A node died: what it had sent here ends, and what was sent there runs again or fails.</summary>
    /// <param name="node">The node.</param>
    /// <param name="unsent">The tasks that were still to be sent there.</param>
    public void OnDied(NodeId node, HashSet<TaskId> unsent)
    {
        foreign.OnDied(node);
        foreach (TaskRecord task in forwarder.TakeFrom(node))
        {
            // Else no attempt of it can have begun there.
            bool mayHaveBegun = task.HasLeft && !unsent.Contains(task.TaskId);
            if (task.Kind == TaskKind.Normal && !mayHaveBegun)
            {
                placement.Place(task);
            }
            else if (task.Kind == TaskKind.Normal)
            {
                tasks.CompleteRemote(task, TaskForwarder.NodeDied(task, node), isRetriable: true, isSystemFailure: true, forwarder.Now);
            }
            else
            {
                actors.OnLost(task, mayHaveBegun);
            }
        }
    }
}
