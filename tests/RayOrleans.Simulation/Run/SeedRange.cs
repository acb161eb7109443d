namespace RayOrleans.Core.Simulation;

/// <summary>Runs seeds on all cores. Every seed is a world of its own, so what comes of a range does not depend on how many cores there are.</summary>
internal static class SeedRange
{
    /// <summary>The result of the lowest seed that fails; null when none does.</summary>
    /// <param name="start">The first seed.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="run">Runs a seed, on any thread; null: nothing is wrong with it.</param>
    public static T? FirstFailure<T>(long start, int count, Func<long, T?> run)
        where T : class
    {
        Lock gate = new();
        long next = start;
        long end = start + count;
        T? failure = null;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            // Once a seed has failed, only those before it matter.
            for (long seed = Interlocked.Increment(ref next) - 1; seed < Volatile.Read(ref end); seed = Interlocked.Increment(ref next) - 1)
            {
                if (run(seed) is { } found)
                {
                    lock (gate)
                    {
                        if (seed < end)
                        {
                            Volatile.Write(ref end, seed);
                            failure = found;
                        }
                    }
                }
            }
        });
        return failure;
    }
}
