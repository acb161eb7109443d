namespace RayOrleans.Core;

/// <summary>What holders wish of an object that another node owns: to cancel what makes it, to have it soon, to free it, to kill its actor. The table passes them on to the owner.</summary>
internal sealed class OwnerWishes(
    ClusterLinks links, SharedTable shared, TaskMachine tasks, TaskForwarder forwarder, RemoteActors actors, EngineCommands engine)
{
    /// <summary>A holder's wish for an object that another node owns; false: this node owns it itself.</summary>
    public bool Tell(ObjectEntry entry, OwnerWish wish, bool flag)
    {
        if (entry.Shared is not { } state || shared.IsOwned(state))
        {
            return false;
        }

        links.SendToShardOf(entry.TaskId, new WishMessage(shared.RefOf(entry), wish, flag));
        return true;
    }

    /// <summary>
    /// What blocked attempts here wait for is said where it is made. Not at once but with the tick: most waits are over before, and only a node
    /// at its bound of threads needs to know.
    /// </summary>
    public void TellWants()
    {
        foreach (TaskRecord task in forwarder.Forwarded)
        {
            if (task is { IsWanted: true, HasLeft: true } && task.WantTold != (task.RunsOn, task.AttemptNumber))
            {
                task.WantTold = (task.RunsOn, task.AttemptNumber);
                links.Send(task.RunsOn, new WantedMessage(task.TaskId, task.AttemptNumber));
            }
        }

        foreach (ObjectEntry entry in shared.All)
        {
            if (entry is { IsSettled: false, Producer: { State: TaskState.Elsewhere, IsWanted: true } producer, Shared: { } state }
                && producer.WantTold != (state.Owner, 0) && Tell(entry, OwnerWish.Want, flag: false))
            {
                producer.WantTold = (state.Owner, 0);
            }
        }
    }

    /// <summary>A holder elsewhere wishes something of an object of this node's.</summary>
    public void OnWish(WishMessage message)
    {
        if (shared.Find(message.Ref.Id) is not { Shared: { } state } entry || !shared.IsOwned(state))
        {
            return;
        }

        switch (message.Wish)
        {
            case OwnerWish.Cancel or OwnerWish.CancelByForce:
                if (entry.Producer is { IsTerminal: false } task)
                {
                    tasks.Cancellation.Cancel(task, message.Flag, message.Wish == OwnerWish.CancelByForce);
                }

                break;
            case OwnerWish.Want:
                if (entry is { IsSettled: false, Producer: { IsTerminal: false } awaited })
                {
                    tasks.Wanted.Want(awaited);
                }

                break;
            case OwnerWish.Free:
                engine.Free(entry);
                break;
            case OwnerWish.Kill when (entry as TaskRecord)?.Actor is { } actor:
                actors.Kill(actor, message.Flag, "it was killed by Ray.Kill");
                break;
            default:
                break;
        }
    }
}
