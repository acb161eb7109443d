namespace RayOrleans.Core.Simulation;

/// <summary>Failures have a reason that was really there.</summary>
internal static class FailureChecks
{
    public static void CheckCancelled(SimTask task, Cause cause, SimTask? subject, List<Body> givenUp, Body? lost)
    {
        if (task.Record.Status != ObjectStatus.Failed || task.Record.Value is not Failure { Kind: FailureKind.Cancelled or FailureKind.Shutdown } failure || failure.Source != task.Record.TaskId)
        {
            // Nobody sees it, or it came with an input.
            return;
        }

        bool legal = cause switch
        {
            Cause.Submit => task == subject,
            Cause.Cancel => task == subject,
            Cause.CancelRecursively or Cause.AbandonStream => subject is not null && task.IsDescendantOf(subject),
            Cause.EndJob => task.Job.Ended,
            Cause.Complete => lost is not null && task.IsBelow(lost),
            _ => false,
        };

        // Or the command ended an actor, and with it what its attempts had submitted.
        if (!legal && !givenUp.Exists(b => b.Task!.Kind != TaskKind.Normal && task.IsBelow(b)))
        {
            throw new ViolationException($"task {task.Number} was cancelled by {cause}, which does not concern it");
        }

        if (cause is Cause.Complete or Cause.Kill && task.Parent is { } parent && (parent == lost || givenUp.Contains(parent)) && task.HasExtraHolds)
        {
            throw new ViolationException($"task {task.Number} of a lost attempt was cancelled though it is held outside that attempt");
        }
    }

    public static void CheckRead(World world, SimObject subject, Failure failure)
    {
        SimTask? source = world.TasksById.GetValueOrDefault(failure.Source);
        bool legal = failure.Kind switch
        {
            FailureKind.UserError or FailureKind.WorkerCrashed => failure.Cause is SimFault { Final: true } fault && fault.Body.Task == source,
            FailureKind.Cancelled => source is { Ended: TaskState.Cancelled },
            FailureKind.ObjectFreed => world.FreedIds.Contains(failure.Source),
            FailureKind.ObjectLost or FailureKind.ReconstructionFailed => world.AnyLoss,
            FailureKind.ActorDied => source is { Actor.Dead: true } || world.AllActors.Exists(a => a.Dead && a.Creation.Ended != TaskState.Succeeded),
            FailureKind.ActorUnavailable => source is { Actor.EverRestarted: true },
            FailureKind.Unschedulable => source is not null && source.Shape.Cpu > world.Options.Resources.Cpu,
            FailureKind.Shutdown => source is { Job.Ended: true },
            _ => false,
        };
        if (!legal)
        {
            throw new ViolationException($"object {subject.Number} fails for a reason that was never there: {failure.Kind}, {failure.Message}");
        }

        if (subject.Maker is { } maker && !subject.IsItem && maker.Ended == TaskState.Succeeded && !subject.Freed && !world.AnyLoss)
        {
            throw new ViolationException($"task {maker.Number} succeeded and object {subject.Number} fails with {failure.Kind}");
        }
    }
}
