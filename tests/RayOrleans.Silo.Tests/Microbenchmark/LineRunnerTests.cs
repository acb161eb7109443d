using RayOrleans.Silo.Microbenchmark;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Lines;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Tests.Microbenchmark;

[Collection(nameof(EmbeddedNode))]
public sealed class LineRunnerTests
{
    private const double Tiny = 0.002;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Four silos start for it, one pair after the other.</summary>
    private static readonly TimeSpan PairPatience = TimeSpan.FromMinutes(6);

    public static TheoryData<string> Names => [.. LineCatalog.All.Where(line => !IsPair(line)).Select(line => line.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_EachLineTiny_GivesPositiveNumbers(string name)
    {
        BenchmarkLine line = LineCatalog.All.Single(line => line.Name == name);

        IReadOnlyList<LineResult> results = await DriverThread.RunAsync(() => Run([line])).WaitAsync(Patience);

        Check(line, Assert.Single(results));
    }

    /// <summary>All in one run, as the command does it: every kind of pair starts a process.</summary>
    [Fact]
    public async Task Run_LinesOfTwoNodesTiny_GivePositiveNumbers()
    {
        BenchmarkLine[] lines = [.. LineCatalog.All.Where(IsPair)];

        IReadOnlyList<LineResult> results = await DriverThread.RunAsync(() => Run(lines)).WaitAsync(PairPatience);

        Assert.Equal(lines.Length, results.Count);
        Assert.All(lines.Zip(results), static pair => Check(pair.First, pair.Second));
    }

    private static bool IsPair(BenchmarkLine line) => line.Profile is RuntimeProfile.Pair or RuntimeProfile.PairWithoutLocality;

    private static void Check(BenchmarkLine line, LineResult result)
    {
        Assert.Equal((line.Name, line.Unit), (result.Name, result.Unit));
        Assert.All(
            [result.Figures.Median, result.Figures.Min, result.Figures.Max, result.Limit.Figures.Median, result.Ratio],
            figure => Assert.True(double.IsFinite(figure) && figure > 0, $"{line.Name} gave {figure}"));
        Assert.Contains(result.Limit, result.Variants);
    }

    private static IReadOnlyList<LineResult> Run(IReadOnlyList<BenchmarkLine> lines)
    {
        BenchmarkSettings settings = new() { Repeats = 2, Scale = new BenchmarkScale(Tiny, false) };
        using BenchmarkData data = new();
        using RuntimeHost runtimes = new(settings.Scale);
        using LimitMeasurements limits = new(settings.Scale, data) { Pair = () => runtimes.Pair };
        LineRunner runner = new(runtimes, limits, data, settings);
        return [.. lines.Select(line => runner.Run(line, CancellationToken.None))];
    }
}
