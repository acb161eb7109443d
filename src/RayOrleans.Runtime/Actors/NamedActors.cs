using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Keys;

namespace RayOrleans.Runtime;

/// <summary>
/// The names of a cluster's actors as a node uses them: gives an actor its name before it is constructed, finds actors by name, and takes names back when the
/// actors that this node manages have died. Thread-safe.
/// </summary>
internal sealed class NamedActors(NodeServices node, ActorNames names)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The handle's entry of the living actor with that name, held once for the caller; null: there is none. Blocks until the cluster has answered.</summary>
    public TaskRecord? Find(string @namespace, string name) =>
        Blocking.Wait(names.FindAsync(@namespace, name, CancellationToken.None)) is { } found ? Seek(found) : null;

    /// <summary>Creates an actor, if nobody has its name. Blocks until the cluster has answered.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="creation">The task that constructs it; held once for the caller when this returns null.</param>
    /// <returns>Null: it is created. Else the handle's entry of the actor that has the name, held once for the caller.</returns>
    public TaskRecord? Create(ActorRecord actor, TaskRecord creation)
    {
        Signal published = new();
        RemoteRef reference = node.Gate.Do(engine =>
        {
            engine.Cluster!.Announce(actor, creation, published);
            return engine.Cluster.Export(creation);
        });
        TaskRecord? other;
        try
        {
            Wait(published);
            other = Claim(actor, reference);
        }
        catch
        {
            Abandon(actor, creation, "it could not get its name");
            throw;
        }

        if (other is null)
        {
            node.Gate.Do(engine => engine.StartActor(creation));
        }
        else
        {
            Abandon(actor, creation, $"another actor is named {actor.Options.Name}");
        }

        return other;
    }

    /// <summary>Lets a handle's entry go.</summary>
    public void Release(TaskRecord handle) => node.Gate.Do(engine => engine.ReleaseHold(handle));

    /// <summary>An actor has changed: a dead one needs its name no more.</summary>
    public void OnChanged(ActorRecord actor)
    {
        if (actor is { State: Core.ActorState.Dead, IsManagedElsewhere: false, Options.Name: not null })
        {
            _ = ReleaseAsync(actor.Options.Namespace, actor.Options.Name, actor.Id);
        }
    }

    /// <summary>A shard has started anew, and may have lost the names of living actors: their managers give them again.</summary>
    public void OnShardRestarted(int shard)
    {
        List<(ActorRecord Actor, RemoteRef Reference)> named = node.Gate.Do(engine => engine.Actors
            .Where(a => a is { IsManagedElsewhere: false, Options.Name: not null } && a.State != Core.ActorState.Dead && names.ShardOf(a.Options.Namespace, a.Options.Name!) == shard)
            .Select(a => (a, engine.Cluster!.Export(a.Creation))).ToList());
        foreach ((ActorRecord actor, RemoteRef reference) in named)
        {
            _ = RestoreAsync(actor, reference);
        }
    }

    private ActorName NameOf(ActorRecord actor, RemoteRef reference) =>
        new(actor.Options.Namespace, actor.Options.Name!, actor.Id, node.Cluster!.Describe(reference));

    /// <summary>Null: the actor has its name. Else who has it.</summary>
    private TaskRecord? Claim(ActorRecord actor, RemoteRef reference)
    {
        ActorName wanted = NameOf(actor, reference);
        ActorId replaces = ActorId.None;
        while (true)
        {
            ActorName holder = Blocking.Wait(names.ClaimAsync(wanted, replaces, CancellationToken.None));
            if (holder.Actor == actor.Id)
            {
                return null;
            }

            if (Seek(holder) is { } other)
            {
                return other;
            }

            // Its manager died with it, or has not taken the name back yet.
            replaces = holder.Actor;
        }
    }

    private TaskRecord? Seek(ActorName name)
    {
        RemoteRef reference = node.Cluster!.ReadDescription(name.Description);
        Signal answered = new();
        TaskRecord? handle = node.Gate.Do(engine => engine.Cluster!.Seek(reference, answered));
        if (handle is null)
        {
            return null;
        }

        Wait(answered);
        if (handle.Actor is { State: not Core.ActorState.Dead } && handle.Status != ObjectStatus.Failed)
        {
            return handle;
        }

        Release(handle);
        return null;
    }

    private void Abandon(ActorRecord actor, TaskRecord creation, string why) => node.Gate.Do(engine =>
    {
        engine.KillActor(actor, mayRestart: false, why);
        engine.ReleaseHold(creation, bySubmitter: true);
    });

    private async Task ReleaseAsync(string @namespace, string name, ActorId actor)
    {
        try
        {
            await names.ReleaseAsync(@namespace, name, actor, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever finds the name finds that the actor is dead, and may take it over.
            NoteFailure($"The name {name} of a dead actor could not be taken back: {e.Message}");
        }
    }

    private async Task RestoreAsync(ActorRecord actor, RemoteRef reference)
    {
        try
        {
            ActorName holder = await names.ClaimAsync(NameOf(actor, reference), ActorId.None, CancellationToken.None).ConfigureAwait(false);
            if (holder.Actor != actor.Id)
            {
                NoteFailure($"Actor {actor.Id} has lost its name {actor.Options.Name}, which a restarted shard had forgotten, to actor {holder.Actor}.");
            }
            else if (actor.State == Core.ActorState.Dead)
            {
                await ReleaseAsync(holder.Namespace, holder.Name, actor.Id).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            NoteFailure($"The name {actor.Options.Name} could not be given again after a shard had started anew: {e.Message}");
        }
    }

    private void NoteFailure(string text)
    {
        if (node.Stopped is null)
        {
            node.Events.Warn(text);
        }
    }

    private void Wait(Signal signal)
    {
        // A node that stops answers nothing any more.
        while (!signal.Fired.Wait(Look))
        {
            node.ThrowIfStopped();
        }
    }

    private sealed class Signal : Watcher
    {
        private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Fired => _fired.Task;

        public override void Fire() => _fired.TrySetResult();
    }
}
