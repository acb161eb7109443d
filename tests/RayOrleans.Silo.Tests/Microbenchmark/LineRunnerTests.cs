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

    public static TheoryData<string> Names => [.. LineCatalog.All.Select(line => line.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_EachLineTiny_GivesPositiveNumbers(string name)
    {
        BenchmarkLine line = LineCatalog.All.Single(line => line.Name == name);

        LineResult result = await DriverThread.RunAsync(() => Run(line)).WaitAsync(Patience);

        Assert.Equal((line.Name, line.Unit), (result.Name, result.Unit));
        Assert.All(
            [result.Figures.Median, result.Figures.Min, result.Figures.Max, result.Limit.Figures.Median, result.Ratio],
            figure => Assert.True(double.IsFinite(figure) && figure > 0, $"{name} gave {figure}"));
        Assert.Contains(result.Limit, result.Variants);
    }

    private static LineResult Run(BenchmarkLine line)
    {
        BenchmarkSettings settings = new() { Repeats = 2, Scale = new BenchmarkScale(Tiny, false) };
        using BenchmarkData data = new();
        using LimitMeasurements limits = new(settings.Scale, data);
        using RuntimeHost runtimes = new(settings.Scale);
        return new LineRunner(runtimes, limits, data, settings).Run(line, CancellationToken.None);
    }
}
