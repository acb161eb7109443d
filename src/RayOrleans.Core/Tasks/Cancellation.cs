namespace RayOrleans.Core;

/// <summary>Tasks and attempts that are not wanted any more: taken out of their queues and given up, and with them what they have submitted.</summary>
internal sealed class Cancellation(TaskMachine tasks, ObjectTable objects, Dispatcher dispatcher, Outbox outbox)
{
    /// <summary>Attempts that were given up and whose bodies have not returned.</summary>
    public HashSet<Attempt> Abandoned { get; } = [];

    /// <summary>The task and, where asked, the tasks and calls its running attempt submitted. Actors end with their handles, not here.</summary>
    public void Cancel(TaskRecord root, bool recursive, bool byForce = false)
    {
        Stack<TaskRecord> pending = new();
        pending.Push(root);
        while (pending.TryPop(out TaskRecord? task))
        {
            if (task.IsTerminal)
            {
                continue;
            }

            if (recursive && task.Current is { } current)
            {
                for (TaskRecord? child = current.FirstChild; child is not null; child = child.NextSibling)
                {
                    if (child.Kind != TaskKind.ActorCreation)
                    {
                        pending.Push(child);
                    }
                }
            }

            bool hadStarted = task.Current is not null || task.AttemptNumber > 0;
            Withdraw(task, byForce);
            tasks.Fail(task, TaskState.Cancelled, FailureOf(task, "it was cancelled") with { HadStarted = hadStarted });
        }
    }

    /// <summary>Takes a task that has not ended out of every queue, and gives up its attempt.</summary>
    public void Withdraw(TaskRecord task, bool byForce = false)
    {
        switch (task.State)
        {
            case TaskState.Waiting:
                WaitList.Remove(task);
                if (task.Kind == TaskKind.ActorCall)
                {
                    tasks.Actors.Calls.Remove(task);
                }

                break;
            case TaskState.Ready when task.Kind == TaskKind.ActorCall:
                tasks.Actors.Calls.Remove(task);
                break;
            case TaskState.Ready:
                dispatcher.Remove(task);
                break;
            case TaskState.Running:
                GiveUp(task, byForce);
                break;
            case TaskState.Placing or TaskState.Forwarded:
                tasks.Cluster!.Recall(task, byForce);
                break;
        }
    }

    /// <summary>Gives up the running attempt: its body may go on until it notices, holding its inputs and resources, but its outcome will be refused.</summary>
    public void GiveUp(TaskRecord task, bool byForce = false)
    {
        Attempt attempt = task.Current!;
        attempt.Abandon();
        attempt.IsForced = byForce && task.Kind == TaskKind.Normal;
        Abandoned.Add(attempt);
        outbox.Add(EffectKind.CancelAttempt, attempt);
        task.Current = null;
        if (task.Stream is { } stream)
        {
            StreamMachine.Resume(objects, stream);
        }

        if (task.InputsUsed)
        {
            attempt.HeldInputs = task.Inputs;
            task.InputsUsed = false;
        }
    }

    /// <summary>
    /// Children of an attempt that will be repeated are cancelled unless something outside the attempt holds them:
    /// the repeated attempt makes its own. Later ones first, because they may hold earlier ones.
    /// </summary>
    public void CancelLostChildren(Attempt attempt)
    {
        // The list's head is the latest child. Each is unlinked before it is cancelled, which may unlink others; its own children are lost with it.
        Stack<Attempt> lost = new();
        lost.Push(attempt);
        while (lost.TryPop(out Attempt? next))
        {
            while (next.FirstChild is { } child)
            {
                next.RemoveChild(child);
                if (child.Kind == TaskKind.Normal && !child.IsTerminal && !IsHeldOutside(child))
                {
                    if (child.Current is { } current)
                    {
                        lost.Push(current);
                    }

                    Cancel(child, recursive: false);
                }
            }
        }
    }

    /// <summary>What the attempt has submitted goes on without it.</summary>
    public static void DetachChildren(Attempt attempt)
    {
        while (attempt.FirstChild is { } child)
        {
            attempt.RemoveChild(child);
        }
    }

    /// <summary>What is said of a task that was cancelled.</summary>
    public static Failure FailureOf(TaskRecord task, string why) =>
        new(FailureKind.Cancelled, $"Task {task.Name ?? task.TaskId.ToString()} has no result: {why}.", null, task.TaskId, task.Name, Attempt.OrdinalOf(task.AttemptNumber));

    private static bool IsHeldOutside(TaskRecord child)
    {
        if (child.Holds > (child.SubmitterHolds ? 1 : 0) || child.Uses > 0 || child.Shared is not null)
        {
            return true;
        }

        foreach (ObjectEntry part in child.Parts ?? [])
        {
            if (part.Holds > 0 || part.Uses > (child.PartsUsed ? 1 : 0))
            {
                return true;
            }
        }

        return child.Nested?.Values.Any(n => n.IsHeld) == true;
    }
}
