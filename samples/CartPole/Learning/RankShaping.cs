namespace CartPole.Learning;

/// <summary>Replaces returns by their ranks, so that one lucky episode does not outweigh all others.</summary>
public static class RankShaping
{
    /// <summary>The ranks of the returns, spread evenly from -0.5 (worst) to 0.5 (best). Equal returns share their mean rank, so that nothing is learnt where all are equal.</summary>
    public static double[] CentredRanks(IReadOnlyList<double> returns)
    {
        if (returns.Count < 2)
        {
            return new double[returns.Count];
        }

        int[] order = [.. Enumerable.Range(0, returns.Count).OrderBy(i => returns[i])];
        double[] ranks = new double[returns.Count];
        for (int first = 0; first < order.Length;)
        {
            int last = first;
            while (last + 1 < order.Length && returns[order[last + 1]] == returns[order[first]])
            {
                last++;
            }

            double shared = ((first + last) / 2.0 / (order.Length - 1)) - 0.5;
            for (; first <= last; first++)
            {
                ranks[order[first]] = shared;
            }
        }

        return ranks;
    }
}
