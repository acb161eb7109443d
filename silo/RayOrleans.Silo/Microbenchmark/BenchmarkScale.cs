namespace RayOrleans.Silo.Microbenchmark;

/// <summary>Shrinks or grows what the lines do. At 1 they do what their names say.</summary>
/// <param name="Factor">Multiplies sizes, counts and sampling times.</param>
/// <param name="Full">Whether the long lines run in full.</param>
internal readonly record struct BenchmarkScale(double Factor, bool Full)
{
    /// <summary>The size of the largest objects, in bytes: 800 MB.</summary>
    public const long LargeBytes = 800_000_000;

    /// <summary>The size of the object that is pulled from another store, in bytes: 1 GB.</summary>
    public const long PullBytes = 1_000_000_000;

    private const int LeastElements = 64;

    /// <summary>How long one sample of a rate takes.</summary>
    public TimeSpan SampleTime => Scaled(TimeSpan.FromMilliseconds(500));

    /// <summary>A window of a line's warm-up; it lasts for several, until it does not get faster any more.</summary>
    public TimeSpan WarmUpTime => Scaled(TimeSpan.FromMilliseconds(1000));

    /// <summary>How long one sample of a limit takes.</summary>
    public TimeSpan LimitSampleTime => Scaled(TimeSpan.FromMilliseconds(100));

    /// <summary>A window of a limit's warm-up.</summary>
    public TimeSpan LimitWarmUpTime => Scaled(TimeSpan.FromMilliseconds(500));

    /// <summary>How long the cores burn for one sample.</summary>
    public TimeSpan BurnTime => Scaled(TimeSpan.FromSeconds(4));

    /// <summary>A count or size, scaled.</summary>
    /// <param name="value">The value at 1.</param>
    /// <param name="atLeast">The least that makes sense.</param>
    public int Count(int value, int atLeast = 1) => (int)Math.Clamp(Math.Round(value * Factor), atLeast, int.MaxValue);

    /// <summary>A length in bytes, scaled, and a whole number of 8-byte elements.</summary>
    /// <param name="bytes">The length at 1.</param>
    public long Bytes(long bytes) => Count((int)(bytes / sizeof(long)), LeastElements) * (long)sizeof(long);

    private TimeSpan Scaled(TimeSpan time) => time * Math.Min(Factor, 1);
}
