using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Tasks that a caller who blocks runs itself.</summary>
internal static class InlineLines
{
    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("single client tasks sync [inline]", Units.Tasks, RuntimeProfile.Inline)
        {
            Open = static context => new RateRun(context.Scale, () => context.Ray.Get(context.Ray.Remote(Functions.SmallValue))),
            Limit = static _ => new(LimitKind.Inline),
        },
    ];
}
