using CartPole.Simulation;

namespace RayOrleans.Samples.Tests.CartPole;

public sealed class RandomSourceTests
{
    [Fact]
    public void NextGaussian_ManyDraws_HasMeanZeroAndDeviationOne()
    {
        RandomSource random = new(5);
        double[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextGaussian())];

        Assert.InRange(draws.Average(), -0.02, 0.02);
        Assert.InRange(draws.Average(d => d * d), 0.97, 1.03);
    }

    [Fact]
    public void Derive_SeedsPurposesAndIndexes_AreAllDistinct()
    {
        IEnumerable<ulong> seeds =
            from seed in Enumerable.Range(0, 20)
            from purpose in Enum.GetValues<SeedPurpose>()
            from index in Enumerable.Range(0, 200)
            select RandomSource.Derive(seed, purpose, index);

        Assert.Equal(20 * Enum.GetValues<SeedPurpose>().Length * 200, seeds.Distinct().Count());
    }
}
