using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Lines;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>Measures a line: warms it up, then takes its samples and those of its limit in turns, so that both see the same machine.</summary>
internal sealed class LineRunner
{
    private readonly RuntimeHost _runtimes;
    private readonly LimitMeasurements _limits;
    private readonly BenchmarkData _data;
    private readonly BenchmarkSettings _settings;

    public LineRunner(RuntimeHost runtimes, LimitMeasurements limits, BenchmarkData data, BenchmarkSettings settings)
    {
        _runtimes = runtimes;
        _limits = limits;
        _data = data;
        _settings = settings;
    }

    /// <summary>Measures a line.</summary>
    /// <exception cref="InvalidOperationException">A figure came out that is no positive number.</exception>
    public LineResult Run(BenchmarkLine line, CancellationToken cancellationToken)
    {
        BenchmarkScale scale = _settings.Scale;
        LineContext context = new(_runtimes.Get(line.Profile), scale, _data) { Scheduler = _runtimes.Scheduler, Other = _runtimes.Pair?.Other ?? NodeId.None };
        Limit limit = _limits.Get(line.Limit(scale));
        using ILineRun run = line.Open(context);
        run.WarmUp();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        List<double> samples = [];
        List<double>[] variants = [.. limit.Variants.Select(_ => new List<double>())];
        for (int i = 0; i < _settings.Repeats; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            samples.Add(Checked(run.Sample(), line.Name));
            for (int v = 0; v < variants.Length; v++)
            {
                variants[v].Add(Checked(line.FromLimit(limit.Variants[v].Sample(), scale), limit.Variants[v].Name));
            }
        }

        LineResult result = Result(line, samples, [.. limit.Variants.Select((variant, v) => new LimitFigures(variant.Name, Summary.Of(variants[v])))]);
        return line.ShowsStore ? result with { Stores = [.. context.Ray.Nodes().Where(n => n.ObjectStore is not null)] } : result;
    }

    private static LineResult Result(BenchmarkLine line, List<double> samples, LimitFigures[] variants)
    {
        Summary figures = Summary.Of(samples);
        LimitFigures best = line.SmallerIsBetter
            ? variants.MinBy(variant => variant.Figures.Median)!
            : variants.MaxBy(variant => variant.Figures.Median)!;
        double ratio = line.SmallerIsBetter ? best.Figures.Median / figures.Median : figures.Median / best.Figures.Median;
        return new LineResult(line.Name, line.Unit, figures, best, ratio, variants);
    }

    private static double Checked(double figure, string name) =>
        double.IsFinite(figure) && figure > 0 ? figure : throw new InvalidOperationException($"{name} gave {figure}, which is no positive number.");
}
