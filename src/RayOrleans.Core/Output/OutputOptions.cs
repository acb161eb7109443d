namespace RayOrleans.Core;

/// <summary>How much of its tasks' output a driver is shown. Times are in the ticks of whoever passes the time in.</summary>
public sealed record OutputOptions
{
    /// <summary>How long the same line from other processes is counted, not shown.</summary>
    public required long RepeatTicks { get; init; }

    /// <summary>How many ticks a second has.</summary>
    public required long SecondTicks { get; init; }

    /// <summary>How many lines are shown in a second, over a while.</summary>
    public int LinesPerSecond { get; init; } = 1_000;

    /// <summary>How many are shown at once after a quiet time.</summary>
    public int Burst { get; init; } = 2_000;

    /// <summary>How many different lines are remembered for their repeats; what comes beyond is shown whenever it comes.</summary>
    public int MaxRemembered { get; init; } = 10_000;
}
