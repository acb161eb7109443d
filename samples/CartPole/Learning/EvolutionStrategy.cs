namespace CartPole.Learning;

/// <summary>
/// Evolution strategies (Salimans et al., 2017): move the weights along every noise that did better when added than when taken
/// away. A pure function of the results, whatever order they came in and whichever policy they were made with.
/// </summary>
public static class EvolutionStrategy
{
    /// <summary>How much noise a rollout adds to each weight.</summary>
    public const double NoiseScale = 0.3;

    /// <summary>How far an update moves the weights.</summary>
    public const double LearningRate = 0.2;

    /// <summary>The next policy.</summary>
    /// <param name="policy">The policy now.</param>
    /// <param name="results">Rollouts of it; late ones of an earlier policy do no harm. None: the weights stay.</param>
    public static Policy Update(Policy policy, IEnumerable<RolloutResult> results)
    {
        RolloutResult[] inOrder = [.. results.OrderBy(r => r.Request.Index)];
        double[] ranks = RankShaping.CentredRanks([.. inOrder.Select(r => r.Plus), .. inOrder.Select(r => r.Minus)]);
        double[] step = new double[Policy.WeightCount];
        for (int i = 0; i < inOrder.Length; i++)
        {
            double better = ranks[i] - ranks[inOrder.Length + i];
            double[] noise = Noise.Of(inOrder[i].Request);
            for (int w = 0; w < step.Length; w++)
            {
                step[w] += better * noise[w];
            }
        }

        double scale = inOrder.Length == 0 ? 0 : LearningRate / (2 * inOrder.Length * NoiseScale);
        return policy.Moved(step, scale) with { Version = policy.Version + 1 };
    }
}
