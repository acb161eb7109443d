namespace RayOrleans.Silo.Microbenchmark;

/// <summary>What to run and how long.</summary>
internal sealed record BenchmarkSettings
{
    /// <summary>Samples per line unless told otherwise: enough for a median with its spread.</summary>
    public const int DefaultRepeats = 5;

    /// <summary>Texts of which a line's name must contain one; none: every line.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>Where the results are written as JSON; null: nowhere.</summary>
    public FileInfo? JsonFile { get; init; }

    /// <summary>Samples per line.</summary>
    public int Repeats { get; init; } = DefaultRepeats;

    /// <summary>Sizes, counts and times.</summary>
    public BenchmarkScale Scale { get; init; } = new(1, false);
}
