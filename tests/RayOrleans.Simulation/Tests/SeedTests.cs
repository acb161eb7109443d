namespace RayOrleans.Core.Simulation.Tests;

public sealed class SeedTests
{
    /// <summary>RAYORLEANS_SEEDS and RAYORLEANS_SEED_START choose other or more seeds, for long soaks.</summary>
    [Fact]
    public void Seeds_AllCheckers_FindNothing()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAYORLEANS_SEEDS"), out int c) ? c : 3_000;
        long start = long.TryParse(Environment.GetEnvironmentVariable("RAYORLEANS_SEED_START"), out long s) ? s : 1;
        Coverage coverage = new();

        string? failure = Soak.FirstFailure(start, count, coverage);

        Assert.True(failure is null, failure);
    }
}
