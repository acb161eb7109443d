namespace RayOrleans.Core.Simulation;

/// <summary>Attempts begin: on a thread of their own, or in place of a wait.</summary>
internal sealed class BodyStarts(World world)
{
    /// <summary>Starts the next attempt on a thread; false when the engine has none.</summary>
    public bool TryStart()
    {
        bool wantedOnly = world.BlockedThreads >= world.ThreadBound;
        int startable = world.Engine.Startable(4, wantedOnly);
        world.Observer.Begin(Cause.Start, null);
        Attempt? attempt = world.Engine.TryStart(wantedOnly);
        world.Observer.After(compare: false);
        if (attempt is null)
        {
            world.MayStart = false;
            world.Resources.Compare(world.Engine.Resources);
            return false;
        }

        if (startable == 0)
        {
            throw new ViolationException("an attempt started of which Startable did not know: no thread would have been woken for it");
        }

        if (wantedOnly)
        {
            world.Coverage.Hit("started at the bound");
        }

        Begin(attempt, below: null);
        return true;
    }

    /// <summary>Runs the awaited task on the waiting body's thread.</summary>
    public bool TryClaim(SimTask task, Body waiter)
    {
        world.Observer.Begin(Cause.Start, null);
        Attempt? attempt = world.Engine.TryClaim(task.Record, waiter.Attempt);
        if (attempt is null)
        {
            world.Observer.After();
            return false;
        }

        world.Observer.After(compare: false);
        if (waiter.Attempt is not null && waiter.Blocks++ == 0)
        {
            Block(waiter);
        }

        world.TakeFromRunnable(waiter, BodyState.Inlining);
        world.Note(SimEvent.Claim, task.Number, waiter.Number);
        world.Coverage.Hit("claim");
        Begin(attempt, waiter);
        return true;
    }

    public void Block(Body body)
    {
        if (body.Task!.Kind != TaskKind.ActorCall)
        {
            world.Resources.Block(body.Task.Shape);
        }
        else if (body.IsOfLivingIncarnation && body.Task.Actor!.BlockedCalls++ == 0 && body.Task.Actor.HasGrant)
        {
            // What an actor keeps is lent while its calls wait.
            world.Resources.Block(body.Task.Actor.Creation.Shape);
        }
    }

    public void Unblock(Body body)
    {
        world.Engine.Unblock(body.Attempt!);
        if (--body.Blocks == 0 && !body.Completed)
        {
            Resume(body);
        }

        world.MayStart = true;
    }

    public void Resume(Body body)
    {
        if (body.Task!.Kind != TaskKind.ActorCall)
        {
            world.Resources.Unblock(body.Task.Shape);
        }
        else if (body.IsOfLivingIncarnation && --body.Task.Actor!.BlockedCalls == 0 && body.Task.Actor.HasGrant)
        {
            world.Resources.Unblock(body.Task.Actor.Creation.Shape);
        }
    }

    private void Begin(Attempt attempt, Body? below)
    {
        SimTask task = (SimTask)attempt.Task.Function!;
        Body body = new(world.NextNumber(), task.Job, task, attempt)
        {
            Below = below,
            StepsLeft = world.Rng.Next(9),
            MayBlock = task.Shape.IsCpuOnly,
            MayClaim = world.Rng.Chance(50),
        };
        attempt.Host = body;
        world.Note(SimEvent.Start, task.Number, body.Number, attempt.Number);
        if (task.Ended is not null || task.Running is not null)
        {
            throw new ViolationException($"task {task.Number} started though {(task.Running is { } other ? $"body {other.Number} runs" : $"it {task.Ended}")}");
        }

        if (task.Kind != TaskKind.ActorCreation && attempt.Number != task.Used)
        {
            throw new ViolationException($"task {task.Number} starts attempt {attempt.Number} after {task.Used} that failed");
        }

        for (int i = 0; i < task.Dependencies; i++)
        {
            if (task.Inputs[i].Entry.Status != ObjectStatus.Available)
            {
                throw new ViolationException($"task {task.Number} started though its input {task.Inputs[i].Number} is {task.Inputs[i].Entry.Status}");
            }
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            world.Actors.CheckStart(task, attempt);
            body.Instance = (SimInstance)task.Actor!.Record.Instance!;
            body.Instance.Running++;
            if (attempt.GpuIds is not null)
            {
                throw new ViolationException($"call {task.Number} was granted GPU devices");
            }
        }
        else
        {
            world.Resources.Start(body.Number, task.Shape, attempt.GpuIds);
        }

        world.Resources.Compare(world.Engine.Resources);
        task.EverStarted = true;
        task.Running = body;
        foreach (SimObject input in task.Inputs)
        {
            input.RunUses++;
        }

        world.Bodies.Add(body);
        if (below is null)
        {
            world.MaxThreads = Math.Max(world.MaxThreads, ++world.Threads);
            body.HasThread = true;
        }

        world.MakeRunnable(body);
        world.MayStart = true;
    }
}
