namespace RayOrleans.Core;

/// <summary>
/// Lost objects from lineage (paper section 4.2.3): the task that made the object runs again, after its own lost inputs were rebuilt the
/// same way. Bounded by the task's retries; a re-run replaces only the returns that were lost.
/// </summary>
internal sealed class RebuildMachine(ObjectTable objects, TaskMachine tasks)
{
    private readonly Stack<TaskRecord> _resubmit = new();

    public void Lose(ObjectEntry entry)
    {
        if (entry.Status != ObjectStatus.Available)
        {
            return;
        }

        if (WhyNot(entry) is { } failure)
        {
            objects.Invalidate(entry, failure);
            return;
        }

        Reopen(entry);
        while (_resubmit.TryPop(out TaskRecord? task))
        {
            if (task.IsTerminal)
            {
                Resubmit(task);
            }
        }
    }

    private void Resubmit(TaskRecord task)
    {
        task.RetriesUsed++;
        task.AttemptNumber++;
        task.IsRebuild = true;
        task.Job.Unfinished++;
        foreach (ObjectEntry input in task.Inputs ?? [])
        {
            if (input.Status != ObjectStatus.Deleted)
            {
                continue;
            }

            if (WhyNot(input) is { } failure)
            {
                objects.Unset(input);
                objects.SetFailure(input, failure);
            }
            else
            {
                Reopen(input);
            }
        }

        tasks.AwaitInputs(task);
    }

    /// <summary>Pending before its producer is resubmitted, so that dependents can watch it; the producer's completion settles it.</summary>
    private void Reopen(ObjectEntry entry)
    {
        objects.Unset(entry);
        _resubmit.Push(entry.Producer!);
    }

    private static Failure? WhyNot(ObjectEntry entry)
    {
        if (entry.Producer is not { } task)
        {
            return new Failure(
                FailureKind.ObjectLost,
                $"Object {entry.Id} was lost with its node. It was made by Put, which no task can repeat; put it with Durability.Replicated to keep a second copy.",
                null,
                entry.TaskId);
        }

        if (!task.IsTerminal)
        {
            return null;
        }

        if (task.State == TaskState.Cancelled)
        {
            return Reconstruction(entry, task, "its task was cancelled");
        }

        if (task.Payload is null)
        {
            return new Failure(
                FailureKind.ObjectLost,
                $"Object {entry.Id}, made by {task.Name ?? task.TaskId.ToString()}, was lost and its lineage is gone.",
                null,
                entry.TaskId,
                task.Name);
        }

        return TaskMachine.MayRetry(task) ? null : Reconstruction(entry, task, $"its task may not run again (maxRetries {task.Options.MaxRetries})");
    }

    private static Failure Reconstruction(ObjectEntry entry, TaskRecord task, string why) =>
        new(
            FailureKind.ReconstructionFailed,
            $"Object {entry.Id}, made by {task.Name ?? task.TaskId.ToString()}, was lost and cannot be rebuilt: {why}.",
            null,
            task.TaskId,
            task.Name);
}
