using System.Globalization;
using CartPole.Simulation;
using CartPole.Training;

namespace CartPole.Report;

/// <summary>Shows how the training goes: one line that changes on a terminal, a line now and then elsewhere.</summary>
public sealed class ProgressDisplay(TextWriter output, bool isTerminal)
{
    private const int LinesApart = 5;
    private const int BarWidth = 25;
    private const string ClearLine = "\r\u001b[K";

    /// <summary>Shows an iteration.</summary>
    public void Show(IterationReport report)
    {
        if (isTerminal)
        {
            output.Write(ClearLine + Describe(report));
            output.Flush();
        }
        else if (report.Iteration % LinesApart == 0 || report.Iteration == 1 || report.Iteration == report.Iterations)
        {
            output.WriteLine(Describe(report));
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void WriteLine(string line) => output.WriteLine(isTerminal ? ClearLine + line : line);

    /// <summary>An iteration in a line.</summary>
    public static string Describe(IterationReport report)
    {
        int filled = (int)Math.Round(BarWidth * report.MeanReturn / CartPoleWorld.MaxSteps);
        string bar = new string('#', filled) + new string('.', BarWidth - filled);
        string late = report.Late == 0 ? "" : $", {report.Late} late";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {report.Seed} iteration {report.Iteration,3}/{report.Iterations} [{bar}] {report.MeanReturn,5:F1}  {report.Rollouts} rollouts{late}");
    }
}
