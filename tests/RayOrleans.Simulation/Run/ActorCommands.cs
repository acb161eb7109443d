namespace RayOrleans.Core.Simulation;

/// <summary>Commands about actors.</summary>
internal sealed class ActorCommands(World world)
{
    private readonly Dictionary<string, SimActor> _names = [];

    /// <summary>Null when the name is taken.</summary>
    public SimRef? Create(SimActor actor)
    {
        SimTask creation = actor.Creation;
        world.Note(SimEvent.CreateActor, actor.Index, creation.Number);
        bool taken = actor.Options.Name is { } name && _names.TryGetValue(name, out SimActor? other) && !other.Dead;
        if (!taken)
        {
            creation.Holds++;
            creation.SubmitterHold = true;
            world.Commands.CountSpec(creation);
            creation.Parent?.Children.Add(creation);
        }

        world.Observer.Begin(Cause.Submit, creation);
        bool created = world.Engine.TryCreateActor(actor.Record, creation.Record);
        world.Observer.After();
        if (created == taken)
        {
            throw new ViolationException($"the name of actor {actor.Index} is {(taken ? "taken" : "free")} and the engine says otherwise");
        }

        if (taken)
        {
            world.Note(SimEvent.NameTaken, actor.Index);
            world.Tasks.Remove(creation);
            world.Objects.Remove(creation);
            world.TasksById.Remove(creation.Record.TaskId);
            world.Coverage.Hit("name taken");
            return null;
        }

        world.AllActors.Add(actor);
        if (actor.Options.Name is { } given)
        {
            _names[given] = actor;
        }

        world.Commands.CheckSubmitted(creation);
        return new SimRef(creation, BySubmitter: true);
    }

    public SimRef Call(SimTask call)
    {
        SimActor actor = call.Actor!;
        if (!actor.Dead)
        {
            actor.PendingCalls.Add(call);
            if (!actor.Options.AllowOutOfOrder)
            {
                (TaskId, int) key = (call.Record.ParentId, call.Lane);
                if (!actor.Order.TryGetValue(key, out Queue<SimTask>? queue))
                {
                    actor.Order.Add(key, queue = new Queue<SimTask>());
                }

                queue.Enqueue(call);
            }
        }

        SimRef reference = world.Commands.Submit(call);
        if (actor.Dead && call.Ended is null)
        {
            throw new ViolationException($"call {call.Number} was accepted for dead actor {actor.Index}");
        }

        return reference;
    }

    public void Kill(SimActor actor, bool mayRestart)
    {
        world.Note(SimEvent.Kill, actor.Index, mayRestart ? 1 : 0);
        bool restarts = mayRestart && !actor.Dead && (actor.Options.MaxRestarts < 0 || actor.RestartsUsed < actor.Options.MaxRestarts);
        if (restarts)
        {
            actor.RestartsUsed++;
            actor.EverRestarted = true;
            if (actor.Creation.Ended == TaskState.Succeeded)
            {
                actor.Creation.Ended = null;
            }
        }
        else
        {
            actor.MayDie = true;
        }

        if (actor.Record.Instance is SimInstance instance)
        {
            instance.Killed = true;
            world.Garbage.AddRange(instance.Refs);
            instance.Refs.Clear();
        }

        world.Observer.Begin(Cause.Kill, null);
        world.Engine.KillActor(actor.Record, mayRestart, "killed");
        world.Observer.After();
        bool ctorFailed = restarts && actor.Creation.Ended is not null;
        if (!actor.Dead && !restarts)
        {
            throw new ViolationException($"actor {actor.Index} was killed for good and lives on");
        }

        if (actor.Dead && restarts && !ctorFailed && (actor.Creation.IsHeld || actor.PendingCalls.Count > 0))
        {
            throw new ViolationException($"actor {actor.Index} was killed, may restart and is dead");
        }

        CheckEnded(actor);
        world.Coverage.Hit(restarts ? "actor restart" : "actor killed");
    }

    /// <summary>What must have become of the calls of an incarnation that ended.</summary>
    public void CheckEnded(SimActor actor)
    {
        foreach (Body body in world.Observer.GivenUp)
        {
            AfterLostCall(body);
        }

        if (actor.Dead && actor.PendingCalls.Count > 0)
        {
            throw new ViolationException($"actor {actor.Index} is dead and {actor.PendingCalls.Count} of its calls go on");
        }
    }

    public SimRef? Find(string name)
    {
        ActorRecord? found = world.Engine.FindActor("", name);
        SimActor? known = _names.TryGetValue(name, out SimActor? actor) && !actor.Dead ? actor : null;
        world.Note(SimEvent.FindActor, known?.Index ?? -1);
        if ((found?.Host as SimActor) != known)
        {
            throw new ViolationException($"'{name}' is actor {known?.Index.ToString() ?? "none"} and the engine finds {(found?.Host as SimActor)?.Index.ToString() ?? "none"}");
        }

        world.Coverage.Hit("found by name");
        return known is null ? null : world.Commands.Hold(known.Creation);
    }

    /// <summary>A call starts: alive, in order, within its lane's limit.</summary>
    public void CheckStart(SimTask call, Attempt attempt)
    {
        SimActor actor = call.Actor!;
        if (actor.Dead || actor.Record.State != ActorState.Alive || actor.Record.Instance is not SimInstance { Stopped: false })
        {
            throw new ViolationException($"call {call.Number} started on actor {actor.Index}, which is {actor.Record.State}");
        }

        if (attempt.Incarnation != actor.Incarnation)
        {
            if (attempt.Incarnation < actor.Incarnation)
            {
                throw new ViolationException($"call {call.Number} started in a past incarnation of actor {actor.Index}");
            }

            actor.Incarnation = attempt.Incarnation;
            Array.Clear(actor.Running);
        }

        if (++actor.Running[call.Lane] > actor.LimitOf(call.Lane))
        {
            throw new ViolationException($"{actor.Running[call.Lane]} calls run in lane {call.Lane} of actor {actor.Index}, whose limit is {actor.LimitOf(call.Lane)}");
        }

        if (!call.EverStarted && actor.Order.TryGetValue((call.Record.ParentId, call.Lane), out Queue<SimTask>? queue))
        {
            while (queue.Peek() is { } earlier && earlier != call)
            {
                if (!earlier.EverStarted && earlier.Ended is null)
                {
                    throw new ViolationException($"call {call.Number} of actor {actor.Index} started before the caller's earlier call {earlier.Number}");
                }

                queue.Dequeue();
            }
        }
    }

    private void AfterLostCall(Body body)
    {
        SimTask task = body.Task!;
        if (task.Kind == TaskKind.ActorCall)
        {
            bool mayRetry = task.MayRetry;
            if (task.Ended is null)
            {
                task.Used++;
                if (!mayRetry)
                {
                    throw new ViolationException($"call {task.Number} is repeated though its retries are used up");
                }

                world.Coverage.Hit("call repeated");
            }
            else if (mayRetry && !task.Actor!.Dead)
            {
                throw new ViolationException($"call {task.Number} was given up though it may be repeated");
            }
        }

        world.Ends.CheckLostChildren(body);
    }
}
