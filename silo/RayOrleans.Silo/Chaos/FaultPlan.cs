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
                FaultKind.Freeze => LeastFreezeMs * Math.Pow((double)MostFreezeMs / LeastFreezeMs, random.NextDouble()),
                FaultKind.Slow => random.Next(LeastSlowMs, MostSlowMs),
                _ => random.Next(LeastRestMs, MostRestMs),
            });
            yield return new Fault(pause, kind, victim, duration);
        }
    }
}
