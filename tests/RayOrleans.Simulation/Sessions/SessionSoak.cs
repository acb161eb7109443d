namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>Runs seeds of a node with processes.</summary>
public static class SessionSoak
{
    /// <summary>The first failing seed of a range; null when none fails.</summary>
    public static string? FirstFailureOf(long start, int count) => FirstFailureOf(start, count, null);

    internal static string? FirstFailureOf(long start, int count, Dictionary<string, int>? coverage)
    {
        return SeedRange.FirstFailure(start, count, seed => FailureOf(seed, coverage) is { } failure ? $"seed {seed}: {failure}" : null);
    }

    private static string? FailureOf(long seed, Dictionary<string, int>? coverage)
    {
        SessionWorld world = new(seed);
        try
        {
            world.Run();
            if (coverage is not null)
            {
                Add(coverage, world.Coverage);
            }

            return null;
        }
        catch (Exception e) when (e is ViolationException or SessionProtocolException or NullReferenceException or InvalidOperationException or KeyNotFoundException or ArgumentException or InvalidCastException)
        {
            return $"{e}\n{world.Trace}\nseed {seed}: {e.Message}";
        }
    }

    private static void Add(Dictionary<string, int> coverage, Dictionary<string, int> more)
    {
        lock (coverage)
        {
            foreach ((string what, int times) in more)
            {
                coverage[what] = coverage.GetValueOrDefault(what) + times;
            }
        }
    }
}
