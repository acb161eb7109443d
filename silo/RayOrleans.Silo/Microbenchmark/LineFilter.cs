namespace RayOrleans.Silo.Microbenchmark;

/// <summary>Chooses lines by their names.</summary>
internal static class LineFilter
{
    /// <summary>The lines whose name contains one of the texts, in any case, in their own order; all when there is no text.</summary>
    public static IReadOnlyList<BenchmarkLine> Select(IReadOnlyList<BenchmarkLine> lines, IReadOnlyList<string> filters) =>
        filters.Count == 0
            ? lines
            : [.. lines.Where(line => filters.Any(text => line.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))];
}
