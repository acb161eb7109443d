using CartPole.Learning;
using CartPole.Options;
using CartPole.Workers;

namespace CartPole.Training;

/// <summary>The training loop of Ray's paper (section 2, figure 2): broadcast a policy, have it tried out, make a better one of it.</summary>
public sealed class Trainer(TrainingOptions options, IRolloutPool pool, Action<IterationReport> report)
{
    /// <summary>How many fresh episodes the result is measured over.</summary>
    public const int TestEpisodes = 100;

    private const int EpisodesPerTest = 10;

    /// <summary>Trains a policy from nothing and tests it.</summary>
    public async Task<TrainingResult> RunAsync(int seed)
    {
        RolloutCollector collector = new(pool);
        Policy policy = Policy.Untrained(seed);
        ObjectRef<Policy> policyRef = Ray.Put(policy);
        List<double> curve = [];
        for (int iteration = 1; iteration <= options.Iterations; iteration++)
        {
            // The curve's point is computed while the rollouts are.
            ObjectRef<double> progress = Ray.Remote(Rollouts.Progress, policyRef, seed);
            IReadOnlyList<RolloutResult> results = await collector.CollectAsync(policyRef, Requests(seed, iteration));
            int late = results.Count(r => r.PolicyVersion < policy.Version);
            curve.Add(await progress);
            report(new(seed, iteration, options.Iterations, curve[^1], results.Count, late));

            policy = EvolutionStrategy.Update(policy, results);
            policyRef = Ray.Put(policy);
        }

        await collector.DrainAsync();
        return new(seed, curve, await TestAsync(policyRef, seed), TestEpisodes);
    }

    private static RolloutRequest[] Requests(int seed, int iteration)
    {
        int first = iteration * TrainingOptions.RolloutsPerIteration;
        return [.. Enumerable.Range(first, TrainingOptions.RolloutsPerIteration)
            .Select(index => new RolloutRequest(seed, index, EvolutionStrategy.NoiseScale, TrainingOptions.EpisodesPerRollout))];
    }

    private static async Task<double> TestAsync(ObjectRef<Policy> policy, int seed)
    {
        IEnumerable<ObjectRef<double>> parts = Enumerable.Range(0, TestEpisodes / EpisodesPerTest)
            .Select(part => Ray.Remote(Rollouts.Test, policy, seed, part * EpisodesPerTest, EpisodesPerTest));
        return (await Ray.GetAsync(parts)).Average();
    }
}
