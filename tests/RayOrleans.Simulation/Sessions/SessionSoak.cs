namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>Runs seeds of a node with processes.</summary>
public static class SessionSoak
{
    /// <summary>The first failing seed of a range; null when none fails.</summary>
    public static string? FirstFailureOf(long start, int count) => FirstFailureOf(start, count, null);

    internal static string? FirstFailureOf(long start, int count, Dictionary<string, int>? coverage)
    {
        for (long seed = start; seed < start + count; seed++)
        {
            if (FailureOf(seed, coverage) is { } failure)
            {
                return $"seed {seed}: {failure}";
            }
        }

        return null;
    }

    private static string? FailureOf(long seed, Dictionary<string, int>? coverage)
    {
        SessionWorld world = new(seed);
        try
        {
            world.Run();
            foreach ((string what, int times) in world.Coverage)
            {
                if (coverage is not null)
                {
                    coverage[what] = coverage.GetValueOrDefault(what) + times;
                }
            }

            return null;
        }
        catch (Exception e) when (e is ViolationException or SessionProtocolException or NullReferenceException or InvalidOperationException or KeyNotFoundException or ArgumentException or InvalidCastException)
        {
            return $"{e}\n{world.Trace}\nseed {seed}: {e.Message}";
        }
    }
}
