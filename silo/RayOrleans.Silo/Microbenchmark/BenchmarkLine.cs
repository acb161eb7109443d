using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>One line of the benchmark: what it is called, what it counts, and how to run it.</summary>
/// <param name="Name">Ray's name, with the path taken in brackets.</param>
/// <param name="Unit">What the figure counts.</param>
/// <param name="Profile">The runtime it runs on.</param>
internal sealed record BenchmarkLine(string Name, string Unit, RuntimeProfile Profile)
{
    /// <summary>Prepares the line on a runtime.</summary>
    public required Func<LineContext, ILineRun> Open { get; init; }

    /// <summary>The limit shown beside it, from the scale of this run; null: there is none.</summary>
    public required Func<BenchmarkScale, LimitKey> Limit { get; init; }

    /// <summary>Turns the limit's own figure into this line's unit.</summary>
    public Func<double, BenchmarkScale, double> FromLimit { get; init; } = static (figure, _) => figure;

    /// <summary>Whether a smaller figure is a better one, as with seconds and bytes.</summary>
    public bool SmallerIsBetter { get; init; }

    /// <summary>Whether the runtime's object stores are shown after it, as they stand before what the line keeps is let go.</summary>
    public bool ShowsStore { get; init; }
}
