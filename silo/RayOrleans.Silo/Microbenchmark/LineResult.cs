using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>What was measured for a line.</summary>
/// <param name="Name">The line's name.</param>
/// <param name="Unit">What the figures count.</param>
/// <param name="Figures">The line's own figures.</param>
/// <param name="Limit">The best of the limit's variants.</param>
/// <param name="Ratio">The line as a share of that limit: 1 is as good as the limit.</param>
/// <param name="Variants">Every variant of the limit, in the line's unit.</param>
internal sealed record LineResult(
    string Name, string Unit, Summary Figures, LimitFigures Limit, double Ratio, IReadOnlyList<LimitFigures> Variants)
{
    /// <summary>The nodes whose object stores belong to the line, as they were after its last sample.</summary>
    public IReadOnlyList<NodeInfo> Stores { get; init; } = [];
}
