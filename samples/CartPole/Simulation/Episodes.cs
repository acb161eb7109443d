using CartPole.Learning;

namespace CartPole.Simulation;

/// <summary>Runs a policy.</summary>
public static class Episodes
{
    /// <summary>One episode.</summary>
    /// <returns>The return: 1 for every step, so from 1 to <see cref="CartPoleWorld.MaxSteps"/>.</returns>
    public static int Run(Policy policy, ulong startSeed)
    {
        CartPoleState state = CartPoleWorld.Start(new RandomSource(startSeed));
        for (int step = 1; step < CartPoleWorld.MaxSteps; step++)
        {
            state = CartPoleWorld.Step(state, policy.PushesRight(state));
            if (CartPoleWorld.HasFailed(state))
            {
                return step;
            }
        }

        return CartPoleWorld.MaxSteps;
    }

    /// <summary>The mean return of several episodes.</summary>
    /// <param name="policy">What decides.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">Which starts.</param>
    /// <param name="first">The number of the first start.</param>
    /// <param name="count">How many episodes.</param>
    public static double MeanReturn(Policy policy, int seed, SeedPurpose purpose, int first, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += Run(policy, RandomSource.Derive(seed, purpose, first + i));
        }

        return (double)sum / count;
    }
}
