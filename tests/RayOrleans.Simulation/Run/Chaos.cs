namespace RayOrleans.Core.Simulation;

/// <summary>What happens to a node from outside its users' programs.</summary>
internal sealed class Chaos(World world)
{
    public int LossesLeft { get; set; }

    public int CrashesLeft { get; set; }

    public int JobEndsLeft { get; set; }

    public void Strike()
    {
        switch (world.Rng.Next(6))
        {
            case 0 when LossesLeft > 0 && world.Objects.Count > 0:
                Lose();
                break;
            case 1 when CrashesLeft > 0:
                Crash();
                break;
            case 2 when world.Ended.Count > 0:
                world.Ends.Repeat(world.Rng.Pick(world.Ended));
                break;
            case 3 when JobEndsLeft > 0 && world.Rng.Chance(10):
                JobEndsLeft--;
                EndJob(world.Rng.Pick(world.Jobs));
                break;
            case 4 when world.AllActors.Count > 0 && world.Rng.Chance(30):
                world.Actors.Kill(world.Rng.Pick(world.AllActors), mayRestart: world.Rng.Chance(70));
                break;
            case 5 when world.Pool.Count > 0:
                int at = world.Rng.Next(world.Pool.Count);
                SimRef reference = world.Pool[at];
                world.Pool.RemoveAt(at);
                world.Drop(reference);
                break;
            default:
                break;
        }
    }

    public void EndJob(SimJob job)
    {
        if (job.Ended)
        {
            return;
        }

        Body driver = job.Driver;
        world.Commands.EndJob(job);
        if (driver.State == BodyState.Ended)
        {
            return;
        }

        if (driver.State == BodyState.Blocked)
        {
            world.Waits.GiveUp(driver);
        }

        // A body that runs in place of the driver's wait goes on; the driver's own code does not.
        world.Leave(driver);
        foreach (SimTask stream in driver.Streams)
        {
            world.Streams.Abandon(stream);
        }

        driver.Streams.Clear();
        foreach (SimRef reference in driver.Refs)
        {
            world.Drop(reference);
        }

        driver.Refs.Clear();
        world.Coverage.Hit("job ended early");
    }

    private void Lose()
    {
        for (int i = 0; i < 8; i++)
        {
            SimObject subject = world.Rng.Pick(world.Objects);
            if (subject.Entry is { Status: ObjectStatus.Available } && subject is not SimTask { Kind: TaskKind.ActorCreation })
            {
                LossesLeft--;
                world.Commands.Lose(subject);
                return;
            }
        }
    }

    /// <summary>A worker dies: what runs on its thread, and what waits below on it, ends at once.</summary>
    private void Crash()
    {
        Body top = world.Rng.Pick(world.Bodies);
        if (top.Task is null || top.State == BodyState.Inlining)
        {
            return;
        }

        CrashesLeft--;
        for (Body? body = top; body is { Task: not null };)
        {
            world.Note(SimEvent.Crash, body.Number, (int)body.State);
            world.Coverage.Hit(body.State == BodyState.Blocked ? "crash of a blocked body" : "crash");
            if (body.State == BodyState.Blocked)
            {
                world.Waits.GiveUp(body);
            }

            Body? below = body.Below;
            body.Below = null;
            foreach (SimTask stream in body.Streams)
            {
                world.Streams.Abandon(stream);
            }

            body.Streams.Clear();
            world.Ends.Fail(body, FailureKind.WorkerCrashed, retriable: true);
            world.Leave(body);
            if (below is { Task: null })
            {
                if (below.State == BodyState.Ended)
                {
                    return;
                }

                // A driver's thread is no worker: its wait goes on.
                world.MakeRunnable(below);
                world.Waits.Go(below);
                return;
            }

            body = below;
        }
    }
}
