using CartPole.Simulation;

namespace CartPole.Learning;

/// <summary>The noise of a rollout: never sent, drawn again from its seed by whoever needs it.</summary>
public static class Noise
{
    /// <summary>One normally distributed number per weight.</summary>
    public static double[] Of(RolloutRequest request)
    {
        RandomSource random = new(RandomSource.Derive(request.Seed, SeedPurpose.Noise, request.Index));
        double[] noise = new double[Policy.WeightCount];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = random.NextGaussian();
        }

        return noise;
    }
}
