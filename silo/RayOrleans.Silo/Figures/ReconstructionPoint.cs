namespace RayOrleans.Silo.Figures;

/// <summary>A moment of figure 11a.</summary>
/// <param name="Seconds">Since the beginning.</param>
/// <param name="Nodes">Nodes that ran tasks, on average.</param>
/// <param name="Original">Tasks that ended for the first time, per second.</param>
/// <param name="Repeated">Tasks that had ended before and ended again, because their results were lost, per second.</param>
internal readonly record struct ReconstructionPoint(double Seconds, double Nodes, double Original, double Repeated)
{
    /// <summary>All tasks per second and node.</summary>
    public double PerNode => Nodes > 0 ? (Original + Repeated) / Nodes : 0;

    /// <summary>Divides the time into equal parts.</summary>
    /// <param name="runs">What ran, in the order of time.</param>
    /// <param name="start">When it began.</param>
    /// <param name="length">How long it took.</param>
    /// <param name="parts">How many parts.</param>
    /// <param name="nodesAt">How many nodes there were at a moment.</param>
    public static IReadOnlyList<ReconstructionPoint> Series(IReadOnlyList<ChainRun> runs, DateTime start, TimeSpan length, int parts, Func<TimeSpan, int> nodesAt)
    {
        const int Samples = 20;
        TimeSpan part = length / parts;
        int[] original = new int[parts];
        int[] repeated = new int[parts];
        HashSet<(int Chain, int Round, int Link)> seen = [];
        foreach (ChainRun run in runs)
        {
            bool isFirst = seen.Add((run.Chain, run.Round, run.Link));
            int index = (int)Math.Floor((run.Time - start) / part);
            if (index >= 0 && index < parts)
            {
                (isFirst ? original : repeated)[index]++;
            }
        }

        return
        [
            .. Enumerable.Range(0, parts).Select(i => new ReconstructionPoint(
                (part * i).TotalSeconds,
                Enumerable.Range(0, Samples).Average(s => nodesAt((part * i) + (part * (s + 0.5) / Samples))),
                original[i] / part.TotalSeconds,
                repeated[i] / part.TotalSeconds)),
        ];
    }
}
