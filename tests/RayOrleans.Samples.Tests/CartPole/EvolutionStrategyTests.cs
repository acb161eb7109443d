using CartPole.Learning;
using CartPole.Simulation;
using CartPole.Workers;

namespace RayOrleans.Samples.Tests.CartPole;

public sealed class EvolutionStrategyTests
{
    private const int Pairs = 32;
    private const int EpisodesPerSide = 4;

    [Fact]
    public void Update_SameResultsInAnotherOrder_GivesTheSameWeights()
    {
        Policy policy = Policy.Untrained(1);
        RolloutResult[] results = RollOut(policy, 1, 0);

        Policy forwards = EvolutionStrategy.Update(policy, results);
        Policy backwards = EvolutionStrategy.Update(policy, results.Reverse());

        Assert.Equal(forwards.Weights, backwards.Weights);
        Assert.Equal(1, forwards.Version);
    }

    [Fact]
    public void Update_OneSideBetter_MovesTowardsIt()
    {
        Policy policy = Policy.Untrained(1);
        RolloutRequest request = new(1, 0, 0.3, 1);

        Policy next = EvolutionStrategy.Update(policy, [new(request, 0, Plus: 10, Minus: 400)]);

        double along = Noise.Of(request).Zip(next.Weights.Zip(policy.Weights, (n, p) => n - p), (a, b) => a * b).Sum();
        Assert.True(along < 0, $"The weights moved by {along} along the noise that made things worse.");
    }

    [Fact]
    public void Update_NoOrEqualResults_KeepsTheWeights()
    {
        Policy policy = Policy.Untrained(1);
        RolloutResult[] equal = [.. Enumerable.Range(0, 5).Select(i => new RolloutResult(new(1, i, 0.3, 1), 0, 500, 500))];

        Assert.Equal(policy.Weights, EvolutionStrategy.Update(policy, []).Weights);
        Assert.Equal(policy.Weights, EvolutionStrategy.Update(policy, equal).Weights);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    public void Update_Repeated_SolvesCartPole(int seed, int oneInSoManyIsLate)
    {
        Policy policy = Policy.Untrained(seed);
        double before = Rollouts.Test(policy, seed, 0, 100);
        List<RolloutResult> late = [];
        for (int iteration = 0; iteration < 60; iteration++)
        {
            ILookup<bool, RolloutResult> results = RollOut(policy, seed, iteration)
                .ToLookup(r => oneInSoManyIsLate > 0 && r.Request.Index % oneInSoManyIsLate == 0);
            policy = EvolutionStrategy.Update(policy, [.. late, .. results[false]]);
            late = [.. results[true]];
        }

        double after = Rollouts.Test(policy, seed, 0, 100);
        Assert.True(before < 200 && after >= 475, $"The mean return went from {before} to {after}.");
    }

    [Fact]
    public void Derive_TrainingAndTestStarts_AreApart()
    {
        HashSet<ulong> training = [.. Enumerable.Range(0, 10_000).Select(i => RandomSource.Derive(1, SeedPurpose.TrainingStarts, i))];

        Assert.DoesNotContain(Enumerable.Range(0, 100), i => training.Contains(RandomSource.Derive(1, SeedPurpose.TestStarts, i)));
    }

    private static RolloutResult[] RollOut(Policy policy, int seed, int iteration) =>
        [.. Enumerable.Range(iteration * Pairs, Pairs).Select(i => Rollouts.Run(policy, new(seed, i, EvolutionStrategy.NoiseScale, EpisodesPerSide)))];
}
