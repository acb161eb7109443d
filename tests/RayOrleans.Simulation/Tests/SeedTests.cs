namespace RayOrleans.Core.Simulation.Tests;

public sealed class SeedTests
{
    /// <summary>RAY_SIMULATION_SEEDS and RAY_SIMULATION_START choose other or more seeds, for long soaks.</summary>
    [Fact]
    public void Seeds_AllCheckers_FindNothing()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_SEEDS"), out int c) ? c : 5_000;
        long start = long.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_START"), out long s) ? s : 1;

        string? failure = Soak.FirstFailure(start, count);

        Assert.True(failure is null, failure);
    }

    [Fact]
    public void Seeds_SameTwice_GiveTheSameEvents()
    {
        for (long seed = 1; seed <= 200; seed++)
        {
            SimResult first = Soak.Run(new SimOptions { Seed = seed });
            SimResult second = Soak.Run(new SimOptions { Seed = seed });

            Assert.Equal((seed, first.Steps, first.Hash), (seed, second.Steps, second.Hash));
        }
    }

    [Fact]
    public void Seeds_Different_GiveDifferentEvents()
    {
        HashSet<ulong> hashes = [];
        for (long seed = 1; seed <= 200; seed++)
        {
            hashes.Add(Soak.Run(new SimOptions { Seed = seed }).Hash);
        }

        // Some worlds end at once.
        Assert.InRange(hashes.Count, 180, 200);
    }

    /// <summary>The seeds reach what is worth simulating; a program generator that no longer does makes green tests worthless.</summary>
    [Fact]
    public void Seeds_FirstThousand_ReachEverything()
    {
        Coverage coverage = new();
        Assert.Null(Soak.FirstFailure(1, 1_000, coverage));

        string[] expected =
        [
            "actor died", "actor exit", "actor killed", "actor out of scope", "actor restart", "block", "call repeated", "cancel", "claim", "crash",
            "crash of a blocked body", "found by name", "free", "job ended early", "lost for good", "name taken", "rebuild", "refused end",
            "refused yield", "repeated end", "repeated yield", "retry after crash", "retry after error", "started at the bound",
            "time out", "time out too late", "waited again", "yield",
        ];
        Assert.Empty(expected.Except(coverage.Counts.Keys));
    }
}
