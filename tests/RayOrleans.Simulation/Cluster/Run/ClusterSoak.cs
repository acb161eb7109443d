namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Runs seeds of whole clusters.</summary>
public static class ClusterSoak
{
    /// <summary>The longest run of virtual time in which faults begin.</summary>
    private const int FaultsWithin = 1_500;

    /// <summary>Runs one seed.</summary>
    public static ClusterSimResult Run(ClusterSimOptions options) => Run(MakeWorld(options), options);

    /// <summary>Runs one seed in a world that the caller can look at afterwards.</summary>
    internal static ClusterSimResult Run(ClusterWorld world, ClusterSimOptions options)
    {
        ClusterSimulator simulator = new(world);
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

        return new ClusterSimResult(
            options, world.Trace.Hash, simulator.Steps, failure is null ? null : ClusterTrace.Shorten(failure), failure is null ? "" : world.Trace.ToString(), world.Coverage);
    }

    /// <summary>The first failing seed of a range, with the smallest number of tasks that still fails; null when none fails.</summary>
    public static string? FirstFailure(FaultProfile profile, long start, int count, Coverage? coverage = null, bool withActors = false, long? lineageBytes = null, bool withStreams = false)
    {
        ClusterSimResult? failure = SeedRange.FirstFailure(
            start, count, seed => FailureOf(new ClusterSimOptions { Seed = seed, Profile = profile, WithActors = withActors, WithStreams = withStreams, LineageBytes = lineageBytes }, coverage));
        return failure is null ? null : Describe(Shrink(failure));
    }

    /// <summary>As <see cref="FirstFailure"/>, over all profiles; for callers that only know primitive types.</summary>
    public static string? FirstFailureOf(long start, int count) => FirstFailureOf(start, count, withActors: false);

    internal static string? FirstFailureOf(long start, int count, bool withActors, bool withStreams = false)
    {
        ClusterSimResult? failure = SeedRange.FirstFailure(start, count, seed => FailureOf(new ClusterSimOptions { Seed = seed, Profile = (FaultProfile)(seed % 7), WithActors = withActors, WithStreams = withStreams }, coverage: null));
        return failure is null ? null : Describe(failure);
    }

    private static ClusterSimResult? FailureOf(ClusterSimOptions options, Coverage? coverage)
    {
        ClusterSimResult result = Run(options);
        coverage?.Add(result.Coverage);
        return result.Failure is null ? null : result;
    }

    /// <summary>The same with as few tasks as still fail.</summary>
    public static ClusterSimResult Shrink(ClusterSimResult result)
    {
        foreach (int budget in (ReadOnlySpan<int>)[1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45])
        {
            ClusterSimResult smaller = Run(result.Options with { TaskBudget = budget });
            if (smaller.Failure is not null)
            {
                return smaller;
            }
        }

        return result;
    }

    /// <summary>For people.</summary>
    public static string Describe(ClusterSimResult result) => $"{result.Options}: {result.Failure}\n{result.Trace}{result.Options}: {result.Failure}";

    internal static ClusterWorld MakeWorld(ClusterSimOptions options)
    {
        SimRng rng = new((ulong)options.Seed);
        bool isNetworkBad = options.Profile is FaultProfile.Network or FaultProfile.All;
        ClusterWorld world = new(rng.NextBits(), LimitsOf(rng, options, isNetworkBad), inlineBytes: 100, options.TraceLength)
        {
            IsDisturbed = options.Profile is not (FaultProfile.None or FaultProfile.Crashes or FaultProfile.Evictions),
        };
        int nodes = rng.Between(2, 6);
        int shards = rng.Between(1, 3);
        int tame = rng.Between(1, Math.Min(2, nodes - 1));
        world.Tame = tame;
        world.Faults = new ClusterFaults(world, options.Profile);
        int leastCpus = rng.Between(1, 2);
        for (int i = rng.Between(1, 2); i > 0; i--)
        {
            world.Schedulers.Add(i);
        }

        for (int i = 0; i < shards; i++)
        {
            world.AddShard(i);
        }

        for (int i = 0; i < nodes; i++)
        {
            // Only the first one is sure to have it, and that one never fails.
            Dictionary<string, long>? custom = i == 0 || rng.Chance(30) ? new() { ["x"] = 2 * ResourceAmount.One } : null;
            world.AddNode(new ResourceShape(rng.Between(leastCpus, 4) * ResourceAmount.One, custom: custom));
        }

        world.IsStarting = false;
        AddJobs(world, options, rng, tame, leastCpus);
        world.Faults.Plan(rng.Between(200, FaultsWithin));
        return world;
    }

    private static ClusterLimits LimitsOf(SimRng rng, ClusterSimOptions options, bool isNetworkBad) => new()
    {
        LinkDelay = rng.Between(1, 25),
        LongWait = rng.Chance(60) ? rng.Next(60) : 1_000,
        FirstBackOff = rng.Chance(40) ? rng.Between(1, 30) : 0,
        SlowStepPercent = rng.Next(35),
        LossPermille = isNetworkBad ? rng.Next(120) : 0,
        DuplicationPermille = isNetworkBad ? rng.Next(150) : 0,
        SlowLinkPercent = isNetworkBad || rng.Chance(25) ? rng.Next(20) : 0,
        WrongPlacePercent = rng.Chance(30) ? rng.Next(40) : 0,
        LatePullPercent = rng.Chance(30) ? rng.Next(40) : 0,
        RetryCrashPercent = options.Profile is FaultProfile.Crashes or FaultProfile.All && rng.Chance(40) ? rng.Next(60) : 0,
        LosesJobEnds = rng.Chance(40),
        ArgumentBytes = options.Profile == FaultProfile.Evictions ? rng.Between(1, 4_000) : null,
        LineageBytes = rng.Chance(40) ? rng.Next(5) * 600 : options.LineageBytes ?? 1L << 30,
        EndedJobsKept = rng.Chance(30) ? rng.Next(2) : 1_000,
        StreamWindow = options.WithStreams && rng.Chance(70) ? rng.Between(1, 4) : int.MaxValue,
        DeadHoldTicks = options.Seed % 3 == 0 ? 200 : 4_000,
    };

    private static void AddJobs(ClusterWorld world, ClusterSimOptions options, SimRng rng, int tame, int leastCpus)
    {
        ResourceShape one = ResourceShape.OneCpu;
        ResourceShape x = new(ResourceAmount.One, custom: new Dictionary<string, long> { ["x"] = ResourceAmount.One });
        int budget = rng.Chance(30) ? rng.Between(30, 100) : rng.Between(1, 40);
        for (int i = rng.Between(1, 2); i > 0; i--)
        {
            CodeLimits limits = new()
            {
                Tasks = options.TaskBudget > 0 ? options.TaskBudget : budget,
                Depth = rng.Between(1, 5),
                DriverSteps = rng.Between(6, 30),
                SpreadPercent = rng.Chance(50) ? 10 : 60,
                InlineBytes = world.InlineBytes,
                LargePercent = rng.Next(80),
                NoisePercent = rng.Next(30),
                ActorPercent = options.WithActors ? rng.Between(15, 50) : 0,
                StreamPercent = options.WithStreams ? rng.Between(15, 50) : 0,
                Shapes = [one, one, one, x, new(leastCpus * ResourceAmount.One), ResourceShape.Zero],
            };

            // Most drivers are on nodes that do not fail, so that their answers can be looked at.
            SimNode node = world.Nodes[rng.Chance(80) ? rng.Next(tame) : rng.Next(world.Nodes.Count)];
            world.StartJob(node, new CodeWriter(rng, limits).Driver());
        }
    }
}
