namespace RayOrleans.Core.Simulation;

/// <summary>Runs seeds.</summary>
public static class Soak
{
    /// <summary>Runs one seed.</summary>
    public static SimResult Run(SimOptions options)
    {
        World world = MakeWorld(options);
        Simulator simulator = new(world, new RandomProgram(world), new Chaos(world)
        {
            LossesLeft = world.Options.RetainLineage ? world.Rng.Next(8) : world.Rng.Chance(20) ? 1 : 0,
            CrashesLeft = world.Rng.Next(4),
            JobEndsLeft = world.Rng.Chance(20) ? 1 : 0,
        });
        string? failure = null;
        try
        {
            simulator.Run();
        }
        catch (ViolationException e)
        {
            failure = e.Message;
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or ArgumentException or InvalidCastException)
        {
            failure = e.ToString();
        }

        return new SimResult(options.Seed, world.Trace.Hash, simulator.Steps, failure, failure is null ? "" : world.Trace.ToString(), world.Coverage);
    }

    /// <summary>The first failing seed of a range, with the smallest number of tasks that still fails; null when none fails.</summary>
    public static string? FirstFailure(long start, int count, Coverage? coverage = null)
    {
        SimResult? failure = SeedRange.FirstFailure(start, count, seed =>
        {
            SimResult result = Run(new SimOptions { Seed = seed });
            coverage?.Add(result.Coverage);
            return result.Failure is null ? null : result;
        });
        return failure is null ? null : Describe(Shrink(failure));
    }

    /// <summary>As <see cref="FirstFailure"/>, without the coverage; for callers that only know primitive types.</summary>
    public static string? FirstFailureOf(long start, int count) => FirstFailure(start, count);

    private static SimResult Shrink(SimResult result)
    {
        foreach (int budget in (ReadOnlySpan<int>)[1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45])
        {
            SimResult smaller = Run(new SimOptions { Seed = result.Seed, TaskBudget = budget });
            if (smaller.Failure is not null)
            {
                return smaller with { Failure = $"{smaller.Failure} (with {budget} tasks)" };
            }
        }

        return result;
    }

    private static string Describe(SimResult result) => $"Seed {result.Seed}: {result.Failure}\n{result.Trace}Seed {result.Seed}: {result.Failure}";

    private static World MakeWorld(SimOptions options)
    {
        SimRng rng = new((ulong)options.Seed);
        int cpus = rng.Between(1, 4);
        int gpus = rng.Chance(50) ? rng.Between(1, 3) : 0;
        ResourceShape total = new(
            cpus * ResourceAmount.One,
            gpus * ResourceAmount.One,
            rng.Chance(50) ? 1000 : 0,
            new Dictionary<string, long> { ["x"] = 2 * ResourceAmount.One });
        World world = new(
            rng.NextBits(),
            total,
            new EngineOptions { Resources = total, RetainLineage = rng.Chance(60), FirstBackOff = rng.Chance(40) ? rng.Between(1, 30) : 0 },
            options.TraceLength)
        {
            KeepCpusLeft = Math.Max(0, cpus - 2),
            KeepGpusLeft = Math.Max(0, gpus - 1),
            ThreadBound = rng.Between(1, 6),
        };
        int drawn = rng.Chance(15) ? rng.Between(60, 150) : rng.Between(5, 60);
        world.TasksLeft = options.TaskBudget > 0 ? options.TaskBudget : drawn;
        for (int i = rng.Between(1, 2); i > 0; i--)
        {
            AddJob(world, world.Rng.Chance(70) ? world.Rng.Between(8, 40) : world.Rng.Between(40, 200));
        }

        return world;
    }

    internal static SimJob AddJob(World world, int steps)
    {
        int number = world.Jobs.Count;
        SimJob job = new(number, new JobRecord(new JobId((ulong)number + 1), new TaskId(7, (ulong)number)));
        job.Driver = new Body(world.NextNumber(), job, null, null) { StepsLeft = steps, MayClaim = world.Rng.Chance(50) };
        world.Jobs.Add(job);
        world.Bodies.Add(job.Driver);
        world.MakeRunnable(job.Driver);
        return job;
    }
}
