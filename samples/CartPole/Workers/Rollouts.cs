using CartPole.Learning;
using CartPole.Simulation;

namespace CartPole.Workers;

/// <summary>The remote work, as plain functions that know nothing of Ray.</summary>
public static class Rollouts
{
    /// <summary>How many episodes of the unchanged policy make one point of the learning curve.</summary>
    public const int ProgressEpisodes = 20;

    /// <summary>Tries a policy on both sides of it (antithetic sampling); both meet the same starts.</summary>
    public static RolloutResult Run(Policy policy, RolloutRequest request)
    {
        double[] noise = Noise.Of(request);
        int firstStart = request.Index * request.Episodes;
        return new(request, policy.Version, Try(request.NoiseScale), Try(-request.NoiseScale));

        double Try(double distance) =>
            Episodes.MeanReturn(policy.Moved(noise, distance), request.Seed, SeedPurpose.TrainingStarts, firstStart, request.Episodes);
    }

    /// <summary>The mean return of a policy without noise: a point of the learning curve.</summary>
    public static double Progress(Policy policy, int seed) =>
        Episodes.MeanReturn(policy, seed, SeedPurpose.ProgressStarts, policy.Version * ProgressEpisodes, ProgressEpisodes);

    /// <summary>The mean return over a part of the final test.</summary>
    /// <param name="policy">What was learnt.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="first">The number of the first start.</param>
    /// <param name="count">How many episodes.</param>
    public static double Test(Policy policy, int seed, int first, int count) =>
        Episodes.MeanReturn(policy, seed, SeedPurpose.TestStarts, first, count);
}
