namespace RayOrleans.Core.Simulation;

/// <summary>One seed, one schedule: drives a world until nothing moves, then lets everything go and looks for what is left.</summary>
internal sealed class Simulator(World world, IUserProgram program, Chaos? chaos)
{
    public long Steps { get; private set; }

    /// <summary>After how many steps everything is looked over.</summary>
    public int ScanEvery { get; init; } = 64;

    public long StepBound { get; init; } = 200_000;

    public void Run()
    {
        UntilStill();
        FinalChecks.Progress(world);
        world.Note(SimEvent.Phase, 1);
        HoldChecks.Scan(world);
        bool byJobEnd = world.Rng.Chance(50);
        if (byJobEnd)
        {
            world.Jobs.ForEach(world.Commands.EndJob);
        }

        LetGo(world.Pool);
        UntilStill();
        foreach (SimActor actor in world.AllActors)
        {
            if (actor.Options.IsDetached)
            {
                world.Actors.Kill(actor, mayRestart: false);
            }
        }

        UntilStill();
        LetGo(world.Garbage);
        UntilStill();
        FinalChecks.Progress(world);
        world.Note(SimEvent.Phase, 2);
        FinalChecks.Empty(world);
    }

    private void LetGo(List<SimRef> references)
    {
        while (references.Count > 0)
        {
            SimRef reference = references[^1];
            references.RemoveAt(references.Count - 1);
            world.Commands.Release(reference);
        }
    }

    /// <summary>Until no body can go on, no effect is on its way, nothing can start and no time is waited for.</summary>
    private void UntilStill()
    {
        while (Step())
        {
            if (++Steps > StepBound)
            {
                throw new ViolationException($"the world does not come to rest within {StepBound} steps");
            }

            if (Steps % ScanEvery == 0)
            {
                HoldChecks.Scan(world);
            }
        }
    }

    private bool Step()
    {
        world.Now++;
        SimRng rng = world.Rng;
        int draw = rng.Next(100);
        if (draw < 3 && chaos is not null && world.Bodies.Count > 0)
        {
            chaos.Strike();
            return true;
        }

        if (draw < 6 && TimeOutDue())
        {
            return true;
        }

        if (draw < 10 && world.Garbage.Count > 0)
        {
            ReleaseGarbage(rng);
            return true;
        }

        if (draw < 14 && world.Engine.NextTick <= world.Now)
        {
            world.Commands.Tick();
            return true;
        }

        if (draw < 35 && world.MayStart && world.Waits.Starts.TryStart())
        {
            return true;
        }

        if (draw < 60 && world.Effects.Count > 0)
        {
            Deliver(world.Effects.Take(rng));
            return true;
        }

        if (world.Runnable.Count > 0)
        {
            program.Step(rng.Pick(world.Runnable));
            return true;
        }

        return Otherwise(rng);
    }

    private bool Otherwise(SimRng rng)
    {
        if (world.MayStart && world.Waits.Starts.TryStart())
        {
            return true;
        }

        if (world.Effects.Count > 0)
        {
            Deliver(world.Effects.Take(rng));
            return true;
        }

        if (world.Garbage.Count > 0)
        {
            ReleaseGarbage(rng);
            return true;
        }

        long? next = world.Engine.NextTick;
        if (next <= world.Now)
        {
            world.Commands.Tick();
            return true;
        }

        foreach (Body body in world.Bodies)
        {
            if (body.State == BodyState.Blocked && body.Deadline > 0 && (next is null || body.Deadline < next))
            {
                next = body.Deadline;
            }
        }

        if (next is { } time)
        {
            world.Now = Math.Max(world.Now, time);
            if (world.Engine.NextTick > world.Now || world.Engine.NextTick is null)
            {
                TimeOutDue();
            }

            return true;
        }

        return false;
    }

    private bool TimeOutDue()
    {
        foreach (Body body in world.Bodies)
        {
            if (body.State == BodyState.Blocked && body.Deadline > 0 && body.Deadline <= world.Now)
            {
                world.Waits.TimeOut(body);
                return true;
            }
        }

        return false;
    }

    private void ReleaseGarbage(SimRng rng)
    {
        int at = rng.Next(world.Garbage.Count);
        SimRef reference = world.Garbage[at];
        world.Garbage[at] = world.Garbage[^1];
        world.Garbage.RemoveAt(world.Garbage.Count - 1);
        world.Commands.Release(reference);
    }

    private void Deliver(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Fire:
                ((SimWatcher)effect.Subject).Fire();
                break;
            case EffectKind.CancelAttempt:
                ((Body)((Attempt)effect.Subject).Host!).CancelSeen = true;
                break;
            case EffectKind.StopActor:
                SimInstance instance = (SimInstance)effect.Extra!;
                world.Garbage.AddRange(instance.Refs);
                instance.Refs.Clear();
                break;
            default:
                break;
        }
    }
}
