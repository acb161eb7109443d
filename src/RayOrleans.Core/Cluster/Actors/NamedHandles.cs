namespace RayOrleans.Core;

/// <summary>
/// Handles by name. A name is kept apart from the object table and holds nothing, so what it names may be gone: whoever has a reference from a name asks the
/// table whether it knows the record, and holds it from the answer on (ARCHITECTURE, "Several nodes").
/// </summary>
internal sealed class NamedHandles(
    ClusterOptions options, ClusterLinks links, ObjectTable objects, SharedTable shared, Publications publications, TaskMachine tasks, ActorMachine actors)
{
    /// <summary>Makes an actor and its creation known, here and to the table; it waits for <see cref="Start"/>.</summary>
    public void Announce(ActorRecord actor, TaskRecord creation, Watcher published)
    {
        actors.Add(actor, creation);
        tasks.Register(creation);
        if (creation.Inputs is { } inputs)
        {
            tasks.Inputs.Use(creation, inputs);
        }

        published.Remaining = 1;
        Barrier barrier = new(links.Released, () => objects.Notify(published, failed: false));
        publications.Expose(creation, barrier);
        barrier.Done();
    }

    /// <summary>An announced actor has its name: it is constructed.</summary>
    public void Start(TaskRecord creation)
    {
        if (!creation.IsTerminal)
        {
            tasks.SubmitRegistered(creation);
        }
    }

    public TaskRecord? Seek(RemoteRef reference, Watcher answered)
    {
        ObjectEntry? known = shared.Find(reference.Id);
        if (known is null && reference.Owner == options.Self)
        {
            return null;
        }

        bool isSure = known is { IsHeld: true } || (known?.Shared is { } owned && shared.IsOwned(owned));
        var handle = (TaskRecord)(known ?? shared.FindOrCreate(reference));
        handle.Holds++;
        SharedState state = handle.Shared!;
        answered.Remaining = 1;
        if (!isSure && state.Seekers is null)
        {
            state.Seekers = [];
            state.Reported = HoldLevel.Value;
            state.IsSubscribed = true;
            state.ReportSent();
            links.SendToShardOf(handle.TaskId, new FindMessage(shared.RefOf(handle)));
        }

        if (state.Seekers is { } seekers)
        {
            seekers.Add(answered);
        }
        else
        {
            objects.Notify(answered, failed: false);
        }

        return handle;
    }

    /// <summary>The table told what it knows of a reference.</summary>
    public void OnAnswer(SharedState state)
    {
        if (state.Seekers is { } seekers)
        {
            state.Seekers = null;
            seekers.ForEach(s => objects.Notify(s, failed: false));
        }
    }
}
