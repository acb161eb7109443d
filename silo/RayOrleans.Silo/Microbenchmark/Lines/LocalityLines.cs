using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>
/// The paper's figure 8a: the mean latency of tasks with one input each, the inputs half on either of two nodes, with tasks placed by where
/// inputs are and without.
/// </summary>
internal static class LocalityLines
{
    private static readonly (string Name, long Bytes)[] Sizes =
    [
        ("100 KB", 100_000), ("1 MB", 1_000_000), ("10 MB", 10_000_000), ("100 MB", 100_000_000),
    ];

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        .. Sizes.Select(static size => Line($"task latency, input {size.Name} [locality on]", size.Bytes, RuntimeProfile.Pair)),
        .. Sizes.Select(static size => Line($"task latency, input {size.Name} [locality off]", size.Bytes, RuntimeProfile.PairWithoutLocality)),
    ];

    private static BenchmarkLine Line(string name, long bytes, RuntimeProfile profile) => new(name, Units.Milliseconds, profile)
    {
        ShowsStore = true,
        Open = context =>
        {
            SpreadInputs inputs = new(context, bytes);
            return new TimedRun(inputs.WarmUp, inputs.Sample);
        },
        Limit = static _ => new(LimitKind.GrainCall),
        FromLimit = static (calls, _) => 1000 / calls,
        SmallerIsBetter = true,
    };
}
