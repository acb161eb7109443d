namespace RayOrleans.Core.Simulation;

/// <summary>Attempts end: what the engine must answer, and what must follow.</summary>
internal sealed class BodyEnds(World world)
{
    public bool Succeed(Body body, SimObject[] contained)
    {
        SimTask task = body.Task!;
        ObjectEntry[]? entries = Commands.Entries(contained);
        if (task.Kind == TaskKind.ActorCreation)
        {
            SimInstance instance = new(world.NextNumber());
            world.Instances.Add(instance);
            return Complete(body, Outcome.Success(instance), [], null, instance);
        }

        SimValue[] values = new SimValue[1 + task.Parts.Length];
        PartValue[]? parts = task.Parts.Length == 0 ? null : new PartValue[task.Parts.Length];
        for (int i = 0; i < task.Parts.Length; i++)
        {
            values[i] = world.MakeValue(task.Parts[i], [], body);
            parts![i] = new PartValue(values[i], 5, null);
        }

        values[^1] = world.MakeValue(task, contained, body);
        return Complete(body, Outcome.Success(values[^1], values[^1].Number % 5, entries, parts), values, null, null);
    }

    public bool Fail(Body body, FailureKind kind, bool retriable)
    {
        bool system = kind == FailureKind.WorkerCrashed;
        SimFault fault = new(body, retriable || system, system);
        SimTask task = body.Task!;
        Failure failure = new(kind, "simulated", fault, task.Record.TaskId, task.Record.Name, body.Attempt!.Number);
        return Complete(body, system ? Outcome.SystemFailure(failure) : Outcome.UserFailure(failure, retriable), [], fault, null);
    }

    /// <summary>The call ends its actor.</summary>
    public void Exit(Body body)
    {
        SimTask task = body.Task!;
        SimActor actor = task.Actor!;
        bool ends = body.IsOfLivingIncarnation;
        actor.MayDie |= ends;
        Failure failure = new(FailureKind.ActorDied, "exit", null, task.Record.TaskId, task.Record.Name, body.Attempt!.Number);
        Complete(body, Outcome.ActorExit(failure, "exit"), [], new SimFault(body, retriable: false, system: false), null);
        if (ends && !actor.Dead)
        {
            throw new ViolationException($"actor {actor.Index} ended itself and lives on");
        }

        world.Actors.CheckEnded(actor);
        world.Coverage.Hit("actor exit");
    }

    /// <summary>The end is reported once more: it must change nothing.</summary>
    public void Repeat(Body body)
    {
        world.Note(SimEvent.CompleteAgain, body.Number);
        bool creates = body.Task!.Kind == TaskKind.ActorCreation;
        SimInstance instance = new(world.NextNumber());
        SimValue? value = creates ? null : world.MakeValue(body.Task, [], body);
        world.Observer.Begin(Cause.Complete, null);
        bool accepted = world.Engine.Complete(body.Attempt!, Outcome.Success(creates ? instance : value), world.Now);
        world.Observer.After();
        if (accepted || !(value?.Discarded ?? instance.Stopped))
        {
            throw new ViolationException($"the repeated end of body {body.Number} was {(accepted ? "accepted" : "refused and its value kept")}");
        }

        world.Coverage.Hit("repeated end");
    }

    /// <summary>The children of an attempt that is lost are cancelled unless something outside holds them.</summary>
    public void CheckLostChildren(Body body)
    {
        foreach (SimTask child in body.Children)
        {
            if (child.Ended is null && !child.WasReopened && child.Kind == TaskKind.Normal && !IsHeldOutside(child) && !WasHeldOutside(child, body))
            {
                throw new ViolationException($"task {child.Number} of lost body {body.Number} goes on though nothing outside holds it");
            }
        }
    }

    /// <summary>Whether what held it ended only after it was looked at: not a sibling, those are looked at latest first.</summary>
    private bool WasHeldOutside(SimTask child, Body body) =>
        world.Observer.EndedNow.Exists(t => (t.Parent != body || t.Kind != TaskKind.Normal) && Array.IndexOf(t.Inputs, child) >= 0);

    private static bool IsHeldOutside(SimTask child) =>
        child.HasExtraHolds || child.SpecUses + child.RunUses > 0 || child.ContainedUses > 0 || Array.Exists(child.Parts, p => p.IsHeldItself);

    private bool Complete(Body body, in Outcome outcome, SimValue[] values, SimFault? fault, SimInstance? instance)
    {
        SimTask task = body.Task!;
        bool expected = !body.Abandoned && task.Running == body;
        bool retries = expected && fault is { Retriable: true } && task.MayRetry;
        bool lost = expected && fault is not null && (retries || fault.System);
        ulong pending = PendingOf(values);
        world.Note(SimEvent.Complete, body.Number, task.Number, fault is null ? 0 : retries ? 2 : 1);
        LeaveModel(body, expected && instance is not null);
        world.Observer.Begin(Cause.Complete, null);
        world.Observer.Lost = lost ? body : null;
        bool accepted = world.Engine.Complete(body.Attempt!, in outcome, world.Now);
        if (accepted != expected)
        {
            throw new ViolationException(
                $"the end of body {body.Number} of task {task.Number} was {(accepted ? "accepted" : "refused")}; it was {(body.Abandoned ? "given up" : "current")}");
        }

        if (accepted)
        {
            Accepted(body, task, values, pending, fault, retries, instance);
        }
        else
        {
            world.Coverage.Hit("refused end");
        }

        world.Observer.After();
        CheckAfter(body, task, values, accepted, pending, fault, retries);
        if (instance is not null && !accepted && !instance.Stopped)
        {
            throw new ViolationException($"the object that refused body {body.Number} made was not stopped");
        }

        if (lost)
        {
            CheckLostChildren(body);
        }

        foreach (SimRef reference in body.Refs)
        {
            world.Drop(reference);
        }

        body.Refs.Clear();
        return accepted;
    }

    private void LeaveModel(Body body, bool keeps)
    {
        SimTask task = body.Task!;
        body.Completed = true;
        if (task.Kind == TaskKind.ActorCall)
        {
            if (body.Blocks > 0)
            {
                world.Waits.Starts.Resume(body);
            }

            body.Instance!.Running--;
            if (body.Attempt!.Incarnation == task.Actor!.Incarnation)
            {
                task.Actor.Running[task.Lane]--;
            }
        }
        else if (keeps && task.Actor!.Options.KeepsResources)
        {
            if (body.Blocks > 0)
            {
                world.Resources.Unblock(task.Shape);
            }
        }
        else
        {
            world.Resources.Release(task.Shape, body.Attempt!.GpuIds, withCpu: body.Blocks == 0);
        }

        foreach (SimObject input in task.Inputs)
        {
            input.RunUses--;
        }
    }

    private void Accepted(Body body, SimTask task, SimValue[] values, ulong pending, SimFault? fault, bool retries, SimInstance? instance)
    {
        task.Running = null;
        if (fault is not null)
        {
            if (retries)
            {
                task.Used++;
                world.Coverage.Hit(fault.System ? "retry after crash" : "retry after error");
            }
            else
            {
                fault.Final = true;
            }

            return;
        }

        if (task.Ended is { } before)
        {
            throw new ViolationException($"a result of task {task.Number} was accepted after it {before}");
        }

        task.Ended = TaskState.Succeeded;
        if (task.Kind != TaskKind.ActorCreation)
        {
            world.Observer.ReleaseSpec(task);
        }

        for (int i = 0; i < values.Length; i++)
        {
            if ((pending & (1UL << i)) != 0)
            {
                world.Observer.Accept(values[i].Subject, values[i]);
            }
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            task.Actor!.PendingCalls.Remove(task);
        }
        else if (instance is not null && task.Actor!.Options.KeepsResources)
        {
            task.Actor.HasGrant = true;
            task.Actor.Gpus = [.. body.Attempt!.GpuIds ?? []];
        }
    }

    private static void CheckAfter(Body body, SimTask task, SimValue[] values, bool accepted, ulong pending, SimFault? fault, bool retries)
    {
        for (int i = 0; i < values.Length; i++)
        {
            bool taken = accepted && (pending & (1UL << i)) != 0;
            if (!taken && !values[i].Discarded)
            {
                throw new ViolationException($"value {values[i].Number} of body {body.Number} was not taken and is not discarded");
            }

            if (taken && !values[i].Discarded && (!ReferenceEquals(values[i].Subject.Entry.Value, values[i]) || values[i].Subject.Entry.Version != body.Attempt!.Number))
            {
                throw new ViolationException($"object {values[i].Subject.Number} should have value {values[i].Number} of attempt {body.Attempt!.Number}");
            }
        }

        if (!accepted || fault is null)
        {
            return;
        }

        if (retries ? task.Ended == TaskState.Failed && !HasFailedInput(task) : task.Ended != TaskState.Failed)
        {
            throw new ViolationException($"task {task.Number} failed, {(retries ? "may" : "may not")} be repeated and is {task.Record.State}");
        }
    }

    private static bool HasFailedInput(SimTask task) => Array.Exists(task.Inputs, i => i.Freed || i.Entry.Status != ObjectStatus.Available);

    /// <summary>Which of the objects have no value yet, as bits; only those take theirs.</summary>
    private static ulong PendingOf(SimValue[] values)
    {
        ulong bits = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Subject.Entry.Status == ObjectStatus.Pending)
            {
                bits |= 1UL << i;
            }
        }

        return bits;
    }
}
