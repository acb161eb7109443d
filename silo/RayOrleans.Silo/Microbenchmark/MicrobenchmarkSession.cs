using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Lines;
using RayOrleans.Silo.Microbenchmark.Measuring;
using RayOrleans.Silo.Microbenchmark.Reports;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>One run of the command: every chosen line on the driver's own thread, reported as it is measured.</summary>
internal static class MicrobenchmarkSession
{
    /// <summary>Runs the lines.</summary>
    /// <returns>0 when every line ran and was reported, otherwise 1.</returns>
    public static Task<int> RunAsync(
        IReadOnlyList<BenchmarkLine> lines, BenchmarkSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken) =>
        DriverThread.RunAsync(() => Run(lines, settings, output, error, cancellationToken));

    private static int Run(
        IReadOnlyList<BenchmarkLine> lines, BenchmarkSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using BenchmarkData data = new();
        using RuntimeHost runtimes = new(settings.Scale);
        using LimitMeasurements limits = new(settings.Scale, data) { Pair = () => runtimes.Pair };
        LineRunner runner = new(runtimes, limits, data, settings);
        ConsoleTable table = new(output);
        table.WriteHeader(settings);
        List<LineResult> results = [];
        int failures = 0;
        foreach (BenchmarkLine line in lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                LineResult result = runner.Run(line, cancellationToken);
                results.Add(result);
                table.WriteLine(result);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                failures++;
                error.WriteLine($"{line.Name}: {e}");
                runtimes.Dispose();
            }
        }

        table.WriteVariants(results);
        if (settings.JsonFile is { } file)
        {
            JsonReport.Write(file, results);
        }

        if (failures > 0)
        {
            error.WriteLine($"{failures} of {lines.Count} lines failed.");
        }

        return failures == 0 ? 0 : 1;
    }
}
