using CartPole.Simulation;
using CartPole.Training;
using ScottPlot;

namespace CartPole.Report;

/// <summary>The learning curves as a picture.</summary>
public static class LearningCurvePicture
{
    /// <summary>The mean return from which CartPole-v1 counts as solved.</summary>
    public const int SolvedReturn = 475;

    private const int Width = 1000;
    private const int Height = 600;

    /// <summary>Draws one curve per training into a PNG file.</summary>
    /// <returns>The full path of the file.</returns>
    public static string Save(string path, IReadOnlyList<TrainingResult> results)
    {
        using Plot plot = new();
        foreach (TrainingResult result in results)
        {
            var line = plot.Add.Scatter(Enumerable.Range(0, result.Curve.Count).Select(i => (double)i).ToArray(), result.Curve.ToArray());
            line.LegendText = $"seed {result.Seed}";
            line.LineWidth = 2;
            line.MarkerSize = 4;
        }

        var solved = plot.Add.HorizontalLine(SolvedReturn, pattern: LinePattern.Dashed);
        solved.Color = Colors.Gray;
        solved.LegendText = $"solved ({SolvedReturn})";
        plot.Title("CartPole-v1, evolution strategies");
        plot.XLabel("Updates");
        plot.YLabel("Mean return of the policy");
        plot.Axes.SetLimitsX(0, Math.Max(1, results.Max(r => r.Curve.Count) - 1));
        plot.Axes.SetLimitsY(0, CartPoleWorld.MaxSteps * 1.05);
        plot.ShowLegend(Alignment.LowerRight);

        string full = Path.GetFullPath(path);
        plot.SavePng(full, Width, Height);
        return full;
    }
}
