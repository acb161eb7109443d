namespace RayOrleans.Silo.Chaos;

/// <summary>The faults of a run, one after the other, decided by the seed alone.</summary>
internal static class FaultPlan
{
    private const int LeastPauseMs = 1000;
    private const int MostPauseMs = 6000;
    private const int LeastRestMs = 500;
    private const int MostRestMs = 4000;
    private const int LeastFreezeMs = 200;
    private const int MostFreezeMs = 15_000;
    private const int LeastSlowMs = 2000;
    private const int MostSlowMs = 8000;
    private const int LeastCutMs = 200;
    private const int MostCutMs = 25_000;
    private const int LeastLagMs = 10;
    private const int MostLagMs = 1500;

    /// <summary>Faults without end.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="workers">How many workers there are.</param>
    /// <param name="kinds">What may be done; at least one.</param>
    public static IEnumerable<Fault> Of(int seed, int workers, IReadOnlyList<FaultKind> kinds)
    {
        Random random = new(seed);
        while (true)
        {
            TimeSpan pause = TimeSpan.FromMilliseconds(random.Next(LeastPauseMs, MostPauseMs));
            FaultKind kind = kinds[random.Next(kinds.Count)];
            int victim = random.Next(workers);
            TimeSpan duration = TimeSpan.FromMilliseconds(kind switch
            {
                // Short ones are as frequent as long ones: most of the interesting moments are within the first seconds.
                FaultKind.Freeze => ShortOrLong(random, LeastFreezeMs, MostFreezeMs),
                FaultKind.CutOff or FaultKind.Silence or FaultKind.Part => ShortOrLong(random, LeastCutMs, MostCutMs),
                FaultKind.Slow or FaultKind.Delay => random.Next(LeastSlowMs, MostSlowMs),
                _ => random.Next(LeastRestMs, MostRestMs),
            });
            TimeSpan lag = kind == FaultKind.Delay ? TimeSpan.FromMilliseconds(ShortOrLong(random, LeastLagMs, MostLagMs)) : TimeSpan.Zero;
            yield return new Fault(pause, kind, victim, duration, lag, kind == FaultKind.Delay && random.Next(2) == 0);
        }
    }

    private static double ShortOrLong(Random random, int least, int most) => least * Math.Pow((double)most / least, random.NextDouble());
}
