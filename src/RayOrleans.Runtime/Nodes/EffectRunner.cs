using RayOrleans.Core;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>Carries out the engine's effects, outside its lock. Nothing here runs user code on the calling thread.</summary>
internal sealed class EffectRunner(NodeServices services)
{
    public void Run(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Fire:
                ((Watcher)effect.Subject).Fire();
                break;
            case EffectKind.Discard:
                ((IOwnedValue)effect.Subject).Dispose();
                break;
            case EffectKind.CancelAttempt:
                Attempt cancelled = (Attempt)effect.Subject;
                if (cancelled.Session is null)
                {
                    (cancelled.Host as TaskScope)?.RequestCancel();
                }
                else if (!cancelled.IsForced || services.Processes?.TryEndFor(cancelled) != true)
                {
                    services.Gate.Do(_ => NodeEngine.GiveUp(cancelled));
                }

                break;
            case EffectKind.StopActor:
                StopActor((ActorRecord)effect.Subject, effect.Extra!);
                break;
            case EffectKind.KillInstance:
                ProcessInstance killed = (ProcessInstance)effect.Extra!;
                if (services.Processes?.TryEndFor(killed) != true)
                {
                    services.Gate.Do(_ => NodeEngine.StopInstance(killed, dispose: false));
                }

                break;
            case EffectKind.TaskEnded:
                services.Events.TaskEnded((TaskRecord)effect.Subject, effect.Extra as Failure);
                break;
            case EffectKind.ActorChanged:
                services.Events.ActorChanged((ActorRecord)effect.Subject);
                services.Cluster?.Events.OnActorChanged((ActorRecord)effect.Subject);
                if (effect.Subject is ActorRecord { State: Core.ActorState.Dead } dead)
                {
                    services.Cluster?.Leave(dead);
                }

                services.Names?.OnChanged((ActorRecord)effect.Subject);
                services.Code?.OnActorChanged((ActorRecord)effect.Subject);
                break;
            case EffectKind.JobEnded:
                services.PlacementGroups.RemoveOf(((JobRecord)effect.Subject).Id);
                services.Processes?.EndJob(((JobRecord)effect.Subject).Id);
                services.Code?.EndJob(((JobRecord)effect.Subject).Id);
                services.Files.EndJob(((JobRecord)effect.Subject).Id);
                break;
            case EffectKind.LineageEvicted:
                services.Events.LineageEvicted((JobRecord)effect.Subject, services.Options.MaxLineageBytes);
                break;
            case EffectKind.JobRecorded:
                services.Cluster!.Jobs.OnRecorded(((JobRecord)effect.Subject).Id);
                break;
            case EffectKind.ShardRestarted:
                services.Cluster!.Events.OnShardRestarted(((Link)effect.Subject).To.Shard);
                services.Code?.OnShardRestarted(((Link)effect.Subject).To.Shard);
                services.Names?.OnShardRestarted(((Link)effect.Subject).To.Shard);
                break;
            case EffectKind.Unschedulable:
                services.Events.Unschedulable((TaskRecord)effect.Subject, (string)effect.Extra!);
                break;
            case EffectKind.LinkReady:
                services.Cluster!.Drain((Link)effect.Subject);
                break;
            case EffectKind.Place:
                services.Cluster!.Place((TaskRecord)effect.Subject, (PlacementRequest)effect.Extra!);
                break;
            case EffectKind.Fetch:
                services.Cluster!.Data.Fetch((ObjectEntry)effect.Subject, (FetchPlan)effect.Extra!);
                break;
            case EffectKind.SessionReady:
                ((effect.Subject as NodeSession)?.Host as SessionHost)?.Signal();
                services.Link?.Signal();
                break;
            case EffectKind.FetchSooner:
                services.Cluster!.Data.FetchSooner((FetchPlan)effect.Extra!);
                break;
            case EffectKind.Keep:
                // False: taken away just before, which the engine is told as always.
                _ = ((StoreValue)effect.Extra!).Stored.MakePrimary();
                break;
            default:
                throw new InvalidOperationException($"Unknown effect {effect.Kind}.");
        }
    }

    /// <summary>An effect that could not be carried out. That is a fault of the node's own, and says so.</summary>
    public void Failed(in Effect effect, Exception error) =>
        services.Events.Warn($"Node {services.NodeId} could not carry out {effect.Kind} of {effect.Subject}: {ExceptionText.AllOf(error)}");

    private void StopActor(ActorRecord actor, object instance)
    {
        if (instance is ProcessInstance there)
        {
            services.Gate.Do(_ => NodeEngine.StopInstance(there, dispose: true));
        }
        else
        {
            ActorInstance.Stop(services, actor, instance);
        }
    }
}
