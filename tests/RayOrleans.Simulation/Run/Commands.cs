namespace RayOrleans.Core.Simulation;

/// <summary>Every command about tasks and objects, with what an observer concludes from it.</summary>
internal sealed class Commands(World world)
{
    private NodeEngine Engine => world.Engine;

    private EffectObserver Observer => world.Observer;

    public SimRef Submit(SimTask task)
    {
        world.Note(SimEvent.Submit, task.Number, task.Parent?.Number ?? -1, task.Actor?.Index ?? -1);
        task.Holds++;
        task.SubmitterHold = true;
        CountSpec(task);
        task.Parent?.Children.Add(task);
        Observer.Begin(Cause.Submit, task);
        Engine.Submit(task.Record);
        Observer.After();
        CheckSubmitted(task);
        return new SimRef(task, BySubmitter: true);
    }

    public void CheckSubmitted(SimTask task)
    {
        if ((task.Job.Ended || task.Parent is { Abandoned: true }) && task.Ended is not (TaskState.Cancelled or TaskState.Failed))
        {
            throw new ViolationException($"task {task.Number} was accepted though its submitter was cancelled or its job had ended");
        }
    }

    public SimRef Put(SimJob job, Body body, SimObject[] contained)
    {
        TaskId id = body.Attempt?.NextChildId() ?? job.Record.NextChildId();
        SimObject put = new(world.NextNumber()) { IsPut = true, Entry = new ObjectEntry(id, ObjectId.PutIndex), Holds = 1 };
        world.Track(put);
        SimValue value = world.MakeValue(put, contained, body);
        world.Note(SimEvent.Put, put.Number, value.Number);
        Observer.Begin(Cause.Put, null);
        Engine.Put(put.Entry, value, value.Number % 7, Entries(contained));
        Observer.Accept(put, value);
        Observer.After();
        return new SimRef(put, BySubmitter: false);
    }

    /// <summary>One more reference to an object that somebody holds.</summary>
    public SimRef Hold(SimObject subject)
    {
        world.Note(SimEvent.Hold, subject.Number);
        Engine.Hold(subject.Entry);
        subject.Holds++;
        return new SimRef(subject, BySubmitter: false);
    }

    public void Release(SimRef reference)
    {
        SimObject subject = reference.Subject;
        world.Note(SimEvent.Release, subject.Number);
        subject.Holds--;
        if (reference.BySubmitter && subject is SimTask task)
        {
            task.SubmitterHold = false;
        }

        Observer.Begin(Cause.Release, null);
        Engine.ReleaseHold(subject.Entry, reference.BySubmitter);
        Observer.After();
    }

    public void Free(SimObject subject)
    {
        world.Note(SimEvent.Free, subject.Number);
        bool drops = subject.Entry.Status == ObjectStatus.Available;
        Observer.Begin(Cause.Free, null);
        if (drops)
        {
            subject.Dropping = true;
            subject.Freed = true;
            world.FreedIds.Add(subject.Entry.TaskId);
            world.Coverage.Hit("free");
        }

        Engine.Free(subject.Entry);
        Observer.After();
        subject.Dropping = false;
        if (drops && subject.IsHeld && subject.Entry.Status != ObjectStatus.Failed)
        {
            throw new ViolationException($"object {subject.Number} was freed and is {subject.Entry.Status}");
        }
    }

    public void Lose(SimObject subject)
    {
        world.Note(SimEvent.Lose, subject.Number);
        world.AnyLoss = true;
        subject.Dropping = true;
        bool rebuildable = world.Options.RetainLineage && subject.Maker is { IsMadeAgain: true } maker
            && (maker.Ended is null || (maker is { Ended: TaskState.Succeeded, MayRetry: true, Job.Ended: false } and not { Kind: TaskKind.ActorCall, Actor.Dead: true }));
        Observer.Begin(Cause.Lose, null);
        Engine.Lose(subject.Entry);
        foreach (SimTask task in world.Tasks)
        {
            if (task.Ended is not null && !task.Record.IsTerminal && task.IsMadeAgain)
            {
                Reopen(task);
            }
        }

        Observer.After();
        subject.Dropping = false;
        ObjectStatus status = subject.Entry.Status;
        bool settledAgain = subject.Maker is { Ended: not null };
        if (rebuildable ? status != ObjectStatus.Pending && !settledAgain : status != ObjectStatus.Failed)
        {
            throw new ViolationException($"object {subject.Number} was lost, {(rebuildable ? "can" : "cannot")} be rebuilt and is {status}");
        }

        world.Coverage.Hit(status == ObjectStatus.Pending ? "rebuild" : "lost for good");
    }

    public void Cancel(SimObject subject, bool recursive)
    {
        SimTask? task = subject.Maker;
        world.Note(SimEvent.Cancel, subject.Number, recursive ? 1 : 0);
        bool open = task is { Ended: null };
        Observer.Begin(recursive ? Cause.CancelRecursively : Cause.Cancel, task);
        Engine.Cancel(subject.Entry, recursive);
        Observer.After();
        if (open && task!.Ended != TaskState.Cancelled)
        {
            throw new ViolationException($"task {task.Number} was cancelled and is {task.Record.State}");
        }

        if (open)
        {
            world.Coverage.Hit("cancel");
        }
    }

    public void EndJob(SimJob job)
    {
        world.Note(SimEvent.EndJob, job.Number);
        job.Ended = true;
        foreach (SimActor actor in world.AllActors)
        {
            actor.MayDie |= actor.Creation.Job == job;
        }

        Observer.Begin(Cause.EndJob, null);
        Engine.EndJob(job.Record, "the driver ended");
        Observer.After();
        foreach (SimTask task in world.Tasks)
        {
            if (task.Job == job && task.Ended is null && !(task.Kind == TaskKind.ActorCreation && task.Actor!.Options.IsDetached))
            {
                throw new ViolationException($"task {task.Number} goes on though its job has ended");
            }
        }
    }

    public void Tick()
    {
        world.Note(SimEvent.Tick);
        Observer.Begin(Cause.Tick, null);
        Engine.Tick(world.Now);
        Observer.After();
    }

    public void CountSpec(SimTask task)
    {
        task.SpecCounted = true;
        foreach (SimObject input in task.Inputs)
        {
            input.SpecUses++;
        }
    }

    public static ObjectEntry[]? Entries(SimObject[] subjects) => subjects.Length == 0 ? null : Array.ConvertAll(subjects, s => s.Entry);

    private void Reopen(SimTask task)
    {
        world.Note(SimEvent.Reopened, task.Number);
        if (!task.MayRetry)
        {
            throw new ViolationException($"task {task.Number} runs again though its retries are used up");
        }

        if (task.Ended != TaskState.Succeeded)
        {
            throw new ViolationException($"task {task.Number} runs again after it {task.Ended}");
        }

        task.Used++;
        task.WasReopened = true;
        task.Ended = null;
        CountSpec(task);
        if (task.Kind == TaskKind.ActorCall)
        {
            world.Coverage.Hit("call made again");
            task.Actor!.PendingCalls.Add(task);
        }
    }
}
