namespace RayOrleans.Core.Simulation;

/// <summary>
/// Takes the effects of each command as the engine decides them, concludes what they mean for tasks, holds and values, and sends them
/// on their way.
/// </summary>
internal sealed class EffectObserver(World world)
{
    private Effect[] _effects = new Effect[64];
    private readonly List<SimActor> _died = [];
    private Cause _cause;
    private SimTask? _subject;

    /// <summary>Attempts given up by the command.</summary>
    public List<Body> GivenUp { get; } = [];

    /// <summary>Tasks that the command ended without result.</summary>
    public List<SimTask> EndedNow { get; } = [];

    /// <summary>The attempt whose reported end lost it; its children go with it.</summary>
    public Body? Lost { get; set; }

    public void Begin(Cause cause, SimTask? subject)
    {
        _cause = cause;
        _subject = subject;
        GivenUp.Clear();
        EndedNow.Clear();
        Lost = null;
    }

    /// <summary>The value became its object's.</summary>
    public void Accept(SimObject subject, SimValue value)
    {
        if (subject.Value is { } other)
        {
            throw new ViolationException($"object {subject.Number} took value {value.Number} though it has value {other.Number}");
        }

        value.Accepted = true;
        subject.Value = value;
        foreach (SimObject inner in value.Contained)
        {
            inner.ContainedUses++;
        }
    }

    public void ReleaseSpec(SimTask task)
    {
        if (task.SpecCounted)
        {
            task.SpecCounted = false;
            foreach (SimObject input in task.Inputs)
            {
                input.SpecUses--;
            }
        }
    }

    public void After(bool compare = true)
    {
        int count = world.Engine.TakeEffects(ref _effects);
        for (int i = 0; i < count; i++)
        {
            ObserveEnds(in _effects[i]);
        }

        for (int i = 0; i < count; i++)
        {
            ObserveValues(in _effects[i]);
            world.Effects.Add(in _effects[i], DestinationOf(in _effects[i]));
        }

        Array.Clear(_effects, 0, count);
        foreach (SimActor actor in _died)
        {
            if (!actor.MayDie && (actor.Options.IsDetached || actor.Creation.IsHeld || actor.EndedCalls))
            {
                throw new ViolationException(
                    $"actor {actor.Index} died though it has {actor.Creation.Holds} handles, or calls that had to end with it: {actor.Record.Death?.Message}");
            }
        }

        _died.Clear();
        world.MayStart = true;
        if (compare)
        {
            world.Resources.Compare(world.Engine.Resources);
        }
    }

    private static int DestinationOf(in Effect effect) => effect.Kind switch
    {
        EffectKind.Fire => ((SimWatcher)effect.Subject).Body.Number,
        EffectKind.CancelAttempt => ((Attempt)effect.Subject).Number + 3,
        EffectKind.StopActor => 1,
        _ => 0,
    };

    private void ObserveEnds(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.CancelAttempt:
                Body body = (Body)((Attempt)effect.Subject).Host!;
                world.Note(SimEvent.CancelAttempt, body.Number);
                if (body.Abandoned || body.Completed)
                {
                    throw new ViolationException($"body {body.Number} was given up twice, or after its end");
                }

                body.Abandoned = true;
                GivenUp.Add(body);
                if (body.Task!.Running == body)
                {
                    body.Task.Running = null;
                }

                break;
            case EffectKind.Fire:
                world.Waits.FireDecided((SimWatcher)effect.Subject);
                break;
            case EffectKind.TaskEnded:
                TaskEnded((SimTask)((TaskRecord)effect.Subject).Function!, effect.Extra as Failure);
                break;
            case EffectKind.ActorChanged:
                ActorChanged((ActorRecord)effect.Subject);
                break;
            case EffectKind.Unschedulable:
                SimTask task = (SimTask)((TaskRecord)effect.Subject).Function!;
                world.Note(SimEvent.Unschedulable, task.Number);
                if (task.Record.Options.Shape.Cpu <= world.Options.Resources.Cpu)
                {
                    throw new ViolationException($"task {task.Number} was called unschedulable and is not");
                }

                break;
            default:
                break;
        }
    }

    private void TaskEnded(SimTask task, Failure? failure)
    {
        TaskState state = task.Record.State;
        world.Note(SimEvent.TaskEnded, task.Number, (int)state);
        if (state is not (TaskState.Failed or TaskState.Cancelled))
        {
            throw new ViolationException($"task {task.Number} ended without result and is {state}");
        }

        if (task.Ended == TaskState.Succeeded && _cause == Cause.Lose)
        {
            // Opened again and ended in one command: an input could not be rebuilt.
            task.Used++;
        }
        else if (task.Ended is { } before && task.Kind != TaskKind.ActorCreation)
        {
            throw new ViolationException($"task {task.Number} ended as {before} and then as {state}");
        }

        task.Ended = state;
        EndedNow.Add(task);
        task.Running = null;
        if (task.Kind != TaskKind.ActorCreation)
        {
            ReleaseSpec(task);
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            task.Actor!.PendingCalls.Remove(task);
            if (failure is { Kind: FailureKind.ActorDied } && failure.Source == task.Actor.Record.Id.Creation)
            {
                task.Actor.EndedCalls = true;
            }
        }
        else if (task.Kind == TaskKind.ActorCreation)
        {
            task.Actor!.MayDie = true;
        }

        if (state == TaskState.Cancelled)
        {
            FailureChecks.CheckCancelled(task, _cause, _subject, GivenUp, Lost);
        }
    }

    private void ActorChanged(ActorRecord record)
    {
        SimActor actor = (SimActor)record.Host!;
        world.Note(SimEvent.ActorChanged, actor.Index, (int)record.State);
        if (record.State is ActorState.Dead or ActorState.Restarting)
        {
            if (actor.HasGrant)
            {
                actor.HasGrant = false;
                world.Resources.Release(actor.Creation.Shape, actor.Gpus, withCpu: actor.BlockedCalls == 0);
            }

            actor.BlockedCalls = 0;
        }

        if (actor.Dead)
        {
            if (record.State != ActorState.Dead)
            {
                throw new ViolationException($"actor {actor.Index} came back from the dead");
            }

            return;
        }

        if (record.State == ActorState.Dead)
        {
            actor.Dead = true;
            ReleaseSpec(actor.Creation);
            _died.Add(actor);
            world.Coverage.Hit(actor.MayDie ? "actor died" : "actor out of scope");
        }
    }

    private void ObserveValues(in Effect effect)
    {
        if (effect.Kind == EffectKind.Discard)
        {
            if (effect.Subject is not SimValue value)
            {
                throw new ViolationException("an actor's object was discarded as a value");
            }

            Discard(value);
        }
        else if (effect.Kind == EffectKind.StopActor)
        {
            SimActor actor = (SimActor)((ActorRecord)effect.Subject).Host!;
            if (effect.Extra is not SimInstance instance)
            {
                throw new ViolationException($"actor {actor.Index} was stopped without its object");
            }

            world.Note(SimEvent.StopActor, actor.Index, instance.Number);
            if (instance.Stopped || instance.Killed || instance.Running > 0)
            {
                throw new ViolationException(
                    $"object {instance.Number} of actor {actor.Index} was stopped {(instance.Stopped ? "twice" : instance.Killed ? "though it was killed" : "under its running calls")}");
            }

            instance.Stopped = true;
        }
    }

    private void Discard(SimValue value)
    {
        world.Note(SimEvent.Discard, value.Number, value.Subject.Number);
        if (value.Discarded)
        {
            throw new ViolationException($"value {value.Number} of object {value.Subject.Number} was discarded twice");
        }

        value.Discarded = true;
        if (!value.Accepted)
        {
            return;
        }

        SimObject subject = value.Subject;
        if (!subject.Dropping && subject.IsHeld)
        {
            throw new ViolationException(
                $"object {subject.Number} lost its value while held: {subject.Holds} references, {subject.SpecUses} specs, {subject.RunUses} running attempts, "
                + $"{subject.ContainedUses} values, {subject.StreamUses} streams");
        }

        subject.Value = null;
        foreach (SimObject inner in value.Contained)
        {
            inner.ContainedUses--;
        }
    }
}
