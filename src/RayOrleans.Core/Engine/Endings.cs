namespace RayOrleans.Core;

/// <summary>Ends all that belongs to a job or a reservation.</summary>
internal sealed class Endings(ObjectTable objects, TaskMachine tasks, ActorMachine actors, Dispatcher dispatcher, ResourceLedger resources)
{
    /// <summary>A job ends: its tasks are cancelled and its actors stopped.</summary>
    /// <param name="job">The job.</param>
    /// <param name="why">The reason, for those who still wait.</param>
    /// <param name="withDetached">Whether detached actors end as well.</param>
    public void End(JobRecord job, string why, bool withDetached)
    {
        foreach (ActorRecord actor in actors.All.Where(a => a.Creation?.Job == job && (withDetached || !a.Options.IsDetached)).ToList())
        {
            actors.Kill(actor, mayRestart: false, why, dispose: true);
        }

        foreach (TaskRecord task in objects.Live.OfType<TaskRecord>().Where(t => t.Job == job && !t.IsTerminal).ToList())
        {
            if (!withDetached && task is { Kind: TaskKind.ActorCreation, Actor.Options.IsDetached: true })
            {
                continue;
            }

            if (task.State == TaskState.Elsewhere)
            {
                objects.SetFailure(task, new Failure(FailureKind.Shutdown, $"Object {task.Id} has no value: {why}.", null, task.TaskId, task.Name));
            }
            else if (!task.IsTerminal)
            {
                tasks.Cancellation.Withdraw(task);
                tasks.Fail(task, TaskState.Cancelled, new Failure(FailureKind.Shutdown, $"Task {task.Name} has no result: {why}.", null, task.TaskId, task.Name));
            }
        }
    }

    /// <summary>Ends reservations: what waits for them or runs in them is cancelled, and their resources go back to the node.</summary>
    public void End(IReadOnlyList<ResourceLedger> reservations, bool wasGranted, string why)
    {
        foreach (ResourceLedger reservation in reservations)
        {
            reservation.ClosedBecause = why;
            reservation.IsRemoved = true;
        }

        foreach (ActorRecord actor in actors.All.Where(a => a.Creation?.Options.Reservation is { } r && reservations.Contains(r)).ToList())
        {
            actors.Kill(actor, mayRestart: false, why);
        }

        foreach (TaskRecord task in objects.Live.OfType<TaskRecord>().Where(t => !t.IsTerminal && t.Options.Reservation is { } r && reservations.Contains(r)).ToList())
        {
            if (!task.IsTerminal)
            {
                tasks.Cancellation.Withdraw(task);
                tasks.Fail(task, TaskState.Failed, new Failure(FailureKind.PlacementGroupRemoved, $"Task {task.Name} has no result: {why}.", null, task.TaskId, task.Name));
            }
        }

        foreach (ResourceLedger reservation in reservations)
        {
            dispatcher.Forget(reservation);
            if (wasGranted)
            {
                resources.Release(reservation.Total, reservation.Devices);
            }
        }
    }
}
