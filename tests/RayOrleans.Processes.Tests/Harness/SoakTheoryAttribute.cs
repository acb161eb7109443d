namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A theory of kills that an ordinary run leaves out, because another one shows the same in less time: <c>RAY_KILL_SEEDS=N</c> runs N seeds of it.</summary>
public sealed class SoakTheoryAttribute : TheoryAttribute
{
    /// <summary>Whether more is wanted than an ordinary run has time for.</summary>
    public static bool IsAsked => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("RAY_KILL_SEEDS"));

    /// <summary>Skips it, unless seeds were asked for.</summary>
    public SoakTheoryAttribute()
    {
        if (!IsAsked)
        {
            Skip = "A soak of half a minute per seed: RAY_KILL_SEEDS=N runs N of them.";
        }
    }
}
