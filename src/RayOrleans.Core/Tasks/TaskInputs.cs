namespace RayOrleans.Core;

/// <summary>
/// The inputs of tasks: each is used from the moment the task waits for it until the task or its abandoned attempt has ended; a task whose dependencies are
/// there is placed, or ready.
/// </summary>
internal sealed class TaskInputs(TaskMachine tasks, ObjectTable objects, Dispatcher dispatcher, Outbox outbox)
{
    /// <summary>Counts what the task waits for; ready when that is nothing.</summary>
    public void Await(TaskRecord task)
    {
        task.State = TaskState.Waiting;
        task.MissingInputs = 0;
        task.Edges = null;
        task.NeedsLocal = task.IsForeign || task.IsPlacedHere || task is { Kind: TaskKind.ActorCall, Actor.IsHostedHere: true };
        ObjectEntry[]? inputs = task.Inputs;
        if (inputs is not null)
        {
            Use(task, inputs);
            for (int i = 0; i < task.DependencyCount; i++)
            {
                ObjectEntry input = inputs[i];
                if (input.Status is ObjectStatus.Failed or ObjectStatus.Deleted)
                {
                    FailForInput(task, input);
                    return;
                }

                if (IsMissing(task, input))
                {
                    task.MissingInputs++;
                    WaitList.Add(input, task);
                    tasks.Cluster?.Need(input);
                }
            }
        }

        if (task.MissingInputs == 0)
        {
            OnThere(task);
            return;
        }

        if (FailIfUnfit(task))
        {
            return;
        }

        if (task.NeedsLocal)
        {
            tasks.Cluster?.AwaitArguments(task);
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            tasks.Actors.Calls.OnWaiting(task);
        }

        if (task.IsWanted)
        {
            task.IsWanted = false;
            tasks.Wanted.Want(task);
        }
    }

    /// <summary>Whether all inputs have their values. Freeing and losing objects may take them away again after the task became ready.</summary>
    public bool AreThere(TaskRecord task)
    {
        if (objects.AnyTakenAway && task.Inputs is { } inputs)
        {
            for (int i = 0; i < task.DependencyCount; i++)
            {
                if (inputs[i].Status != ObjectStatus.Available)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Called for each task of <see cref="ObjectTable.InputsSettled"/>.</summary>
    public void OnSettled(TaskRecord task)
    {
        if (task.State != TaskState.Waiting)
        {
            return;
        }

        int missing = 0;
        ObjectEntry[] inputs = task.Inputs!;
        for (int i = 0; i < task.DependencyCount; i++)
        {
            if (inputs[i].Status == ObjectStatus.Failed)
            {
                FailForInput(task, inputs[i]);
                return;
            }

            missing += IsMissing(task, inputs[i]) ? 1 : 0;
        }

        if (missing > task.MissingInputs)
        {
            // Lost again while others were missing: it waits anew.
            WaitList.Remove(task);
            Await(task);
        }
        else if (task.MissingInputs == 0)
        {
            OnThere(task);
        }
    }

    /// <summary>Called for each task of <see cref="ObjectTable.Unfit"/>.</summary>
    public void OnUnfit(TaskRecord task)
    {
        if (task.State == TaskState.Waiting)
        {
            FailIfUnfit(task);
        }
    }

    /// <summary>Uses them, unless they are used already.</summary>
    public void Use(TaskRecord task, ObjectEntry[] inputs)
    {
        if (task.InputsUsed)
        {
            return;
        }

        task.InputsUsed = true;
        foreach (ObjectEntry input in inputs)
        {
            objects.Use(input);
        }
    }

    /// <summary>Lets go of them, unless that has happened, or an abandoned attempt has them.</summary>
    public void Release(TaskRecord task)
    {
        if (task.Inputs is not { } inputs || !task.InputsUsed)
        {
            return;
        }

        task.InputsUsed = false;
        foreach (ObjectEntry input in inputs)
        {
            objects.ReleaseUse(input);
        }
    }

    /// <summary>The body of an abandoned attempt has returned: lets go of what it had.</summary>
    public void ReleaseHeld(Attempt attempt)
    {
        if (attempt.HeldInputs is { } inputs)
        {
            attempt.HeldInputs = null;
            foreach (ObjectEntry input in inputs)
            {
                objects.ReleaseUse(input);
            }
        }
    }

    private static bool IsMissing(TaskRecord task, ObjectEntry input) => task.NeedsLocal ? !input.IsSettled : input.Status == ObjectStatus.Pending;

    private void OnThere(TaskRecord task)
    {
        if (tasks.Cluster is not null && !task.NeedsLocal && task.Kind != TaskKind.ActorCall)
        {
            task.Edges = null;
            tasks.Cluster.Place(task);
        }
        else
        {
            MakeReady(task);
        }
    }

    private void MakeReady(TaskRecord task)
    {
        task.Edges = null;
        if (task.Kind == TaskKind.ActorCall)
        {
            task.State = TaskState.Ready;
            tasks.Actors.Calls.OnInputsSettled(task);
            return;
        }

        ResourceLedger ledger = task.Options.Reservation ?? dispatcher.Ledger;
        if (ledger.IsRemoved)
        {
            tasks.Fail(task, TaskState.Failed, new Failure(FailureKind.PlacementGroupRemoved, $"Task {task.Name} has no result: {ledger.ClosedBecause}.", null, task.TaskId, task.Name));
            return;
        }

        if (tasks.Unschedulable(task) is { } message)
        {
            outbox.Add(EffectKind.Unschedulable, task, message);
            if (task.Options.FailIfUnschedulable)
            {
                tasks.Fail(task, TaskState.Failed, new Failure(FailureKind.Unschedulable, message, null, task.TaskId, task.Name));
                return;
            }
        }

        task.State = TaskState.Ready;
        dispatcher.Add(task);
    }

    /// <summary>Ends a task that waits for arguments which this node's store can never hold.</summary>
    private bool FailIfUnfit(TaskRecord task)
    {
        if (!task.NeedsLocal || objects.Fit?.Refuse(task) is not { } failure)
        {
            return false;
        }

        tasks.Cancellation.Withdraw(task);
        tasks.Fail(task, TaskState.Failed, failure);
        return true;
    }

    private void FailForInput(TaskRecord task, ObjectEntry input)
    {
        Failure failure = input.Value as Failure
            ?? new Failure(FailureKind.ObjectLost, $"Object {input.Id}, an argument of {task.Name ?? task.TaskId.ToString()}, is gone: nobody held it any more.", null, input.TaskId);
        tasks.Cancellation.Withdraw(task);
        if (failure.Kind is FailureKind.ObjectLost or FailureKind.ObjectFreed && task.IsRebuild)
        {
            failure = failure with { Kind = FailureKind.ReconstructionFailed, Message = $"An input could not be rebuilt: {failure.Message}" };
        }

        tasks.Fail(task, failure.Kind == FailureKind.Cancelled ? TaskState.Cancelled : TaskState.Failed, failure);
    }
}
