using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>What was measured for one variant of a limit, in the unit of the line it stands beside.</summary>
/// <param name="Name">The variant's name.</param>
/// <param name="Figures">Its figures.</param>
internal sealed record LimitFigures(string Name, Summary Figures);
