using System.Globalization;

namespace RayOrleans.Core;

/// <summary>
/// Lost objects from lineage (paper section 4.2.3): the task that made the object runs again, after its own lost inputs were rebuilt the
/// same way. Bounded by the task's retries; a re-run replaces only the returns that were lost.
/// </summary>
internal sealed class RebuildMachine(ObjectTable objects, TaskMachine tasks, EngineOptions options)
{
    private readonly Stack<TaskRecord> _resubmit = new();

    /// <param name="entry">What was lost.</param>
    /// <param name="how">How, as the end of a sentence.</param>
    public void Lose(ObjectEntry entry, string how = "with its node")
    {
        // One that nobody else knows, and nobody holds, is not made again.
        bool isUnmade = SharedTable.IsUnmade(entry) && (entry.Shared is not null || entry.Status == ObjectStatus.Pending);
        if (entry.Status is not (ObjectStatus.Available or ObjectStatus.Remote) && !isUnmade)
        {
            return;
        }

        if (WhyNot(entry, how) is { } failure)
        {
            objects.Invalidate(entry, failure);
            return;
        }

        objects.KeepsReleases = true;
        Reopen(entry);
        while (_resubmit.TryPop(out TaskRecord? task))
        {
            if (task.State == TaskState.Succeeded)
            {
                Resubmit(task);
            }
        }

        objects.KeepsReleases = false;
        objects.DrainReleases();
    }

    private void Resubmit(TaskRecord task)
    {
        task.RetriesUsed++;
        task.AttemptNumber++;
        task.IsRebuild = true;
        task.Job.Lineage.Remove(task);
        task.IsPlacedHere = false;
        task.State = TaskState.Waiting;
        task.Job.Unfinished++;
        objects.Link(task);
        if (task.Kind == TaskKind.ActorCall)
        {
            tasks.Actors.Calls.OnResubmitted(task);
        }

        foreach (ObjectEntry input in task.Inputs ?? [])
        {
            if (!IsGone(input))
            {
                continue;
            }

            if (WhyNot(input) is { } failure)
            {
                Revive(input);
                objects.SetFailure(input, failure);
                foreach (ObjectEntry part in (input as TaskRecord)?.Parts ?? [])
                {
                    objects.SetFailure(part, failure);
                }
            }
            else
            {
                Reopen(input);
            }
        }

        if (task.Inputs is { } inputs)
        {
            tasks.Inputs.Use(task, inputs);
        }

        tasks.BeginCounted(task);
    }

    /// <summary>
    /// Deleted, or freed by its user while a task can make it again. Handles of actors are no values: a task that runs again uses the
    /// actor as it is.
    /// </summary>
    private bool IsGone(ObjectEntry input) => input.Status switch
    {
        ObjectStatus.Deleted => input is not TaskRecord { Kind: TaskKind.ActorCreation },
        ObjectStatus.Failed => input.Value is Failure { Kind: FailureKind.ObjectFreed } && input.Producer is not null && WhyNot(input) is null,
        _ => false,
    };

    /// <summary>Pending before its producer is resubmitted, so that dependents can watch it; the producer's completion settles it.</summary>
    private void Reopen(ObjectEntry entry)
    {
        Revive(entry);
        if (entry.Producer is { } producer)
        {
            _resubmit.Push(producer);
        }

        if (entry.Shared is not null)
        {
            objects.Shared!.Evaluate(entry);
        }
    }

    /// <summary>Pending again; with a tuple its parts, of which it is held too.</summary>
    private void Revive(ObjectEntry entry)
    {
        objects.Unset(entry);
        if (entry is TaskRecord { Parts: { } parts, PartsUsed: false } tuple)
        {
            ObjectTable.UseParts(tuple);
            foreach (ObjectEntry part in parts)
            {
                if (part.Status == ObjectStatus.Deleted)
                {
                    objects.Unset(part);
                }
            }
        }
    }

    private Failure? WhyNot(ObjectEntry entry, string how = "with its node")
    {
        if (entry.Shared is { } shared && !objects.Shared!.IsOwned(shared))
        {
            // Its owner will make it again, or say why not.
            return null;
        }

        if (entry.Producer is not { } task)
        {
            return new Failure(
                FailureKind.ObjectLost,
                entry.Id.IsPut
                    ? LostPut(entry, how)
                    : $"Object {entry.Id} was lost {how}. It is an item of a stream, which is not made again.",
                null,
                entry.TaskId);
        }

        if (!task.IsTerminal)
        {
            return null;
        }

        if (task.Job.IsEnded)
        {
            return Reconstruction(entry, task, how, "its job has ended");
        }

        if (task.State == TaskState.Cancelled)
        {
            return Reconstruction(entry, task, how, "its task was cancelled");
        }

        if (task.State == TaskState.Failed && Publications.EntriesOf(task).FirstOrDefault(e => e.Status == ObjectStatus.Failed) is { Value: Failure failed })
        {
            // It ran again for another result, while this one was there.
            return failed;
        }

        if (task is { Kind: TaskKind.ActorCall, Actor: { State: ActorState.Dead, Death: { } death } } && RetryRules.MayRunAgain(task))
        {
            return LostWithActor(task, death);
        }

        if (task.Payload is null)
        {
            return task.Kind == TaskKind.ActorCall && WhyCallNotAgain(task) is { } why
                ? Reconstruction(entry, task, how, why)
                : new Failure(
                FailureKind.ObjectLost,
                $"Object {entry.Id}, made by {task.Name ?? task.TaskId.ToString()}, was lost {how} and cannot be made again: {WhyNoLineage(task)}.",
                null,
                entry.TaskId,
                task.Name);
        }

        return RetryRules.MayRetry(task)
            ? null
            : Reconstruction(entry, task, how, task.Kind == TaskKind.ActorCall
                ? $"the call may not run again: it ran {task.RetriesUsed + 1} times, and its retries are exhausted (maxTaskRetries {task.Options.MaxRetries}; raise it, or -1 for no bound)"
                : $"its task may not run again: it ran {task.RetriesUsed + 1} times, and its retries are exhausted (maxRetries {task.Options.MaxRetries}; raise it, or -1 for no bound)");
    }

    /// <summary>Why the results of such a call are never made again; null: they may be.</summary>
    private static string? WhyCallNotAgain(TaskRecord call) => call switch
    {
        { Options.MaxRetries: 0 } => "calls of this actor run only once (maxTaskRetries 0), and making the result again would be another run; raise maxTaskRetries, call the method again, or keep the value in a task's result",
        { Actor.Options.MaxRestarts: 0 } => "its actor may not be started anew (maxRestarts 0), and only of those that may are results made again; raise maxRestarts, call the method again, or keep the value in a task's result",
        { IsLineageEvicted: false } => "nothing is left of the call",
        _ => null,
    };

    /// <summary>What whoever reads the result of a call is told when that is gone, and its actor too.</summary>
    public static Failure LostWithActor(TaskRecord call, Failure death) => new(
        FailureKind.ReconstructionFailed,
        $"The result of the actor's method {call.Name ?? call.TaskId.ToString()} was lost and cannot be made again, because its actor is gone: {death.Message}",
        null,
        call.TaskId,
        call.Name,
        Attempt.OrdinalOf(call.AttemptNumber));

    /// <summary>An heir is not told why it gets a record without its call.</summary>
    private string WhyNoLineage(TaskRecord task) => task.IsLineageEvicted
        ? string.Create(CultureInfo.InvariantCulture, $"lineage evicted, because a node keeps at most {options.LineageBytes} bytes of a job's finished tasks (RayOptions.MaxLineageBytes)")
        : "its lineage is gone with the node that owned it";

    private static Failure Reconstruction(ObjectEntry entry, TaskRecord task, string how, string why) =>
        new(
            FailureKind.ReconstructionFailed,
            $"Object {entry.Id}, made by {task.Name ?? task.TaskId.ToString()}, was lost {how} and cannot be rebuilt: {why}.",
            null,
            task.TaskId,
            task.Name,
            Attempt.OrdinalOf(task.AttemptNumber));

    /// <summary>What whoever reads a put is told when its last copy is gone.</summary>
    public static string LostPut(ObjectEntry entry, string how) =>
        $"Object {entry.Id} was lost {how}. It was made by Put, and no task can make it again, because none refers to it in its own result. "
        + "Make it in a task, return the reference from the task that puts it, or put it with Durability.Replicated, which keeps a second copy on another node.";
}
