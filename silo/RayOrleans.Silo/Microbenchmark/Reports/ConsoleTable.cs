using System.Runtime.InteropServices;

namespace RayOrleans.Silo.Microbenchmark.Reports;

/// <summary>Writes results as a table, a row as soon as it is known.</summary>
internal sealed class ConsoleTable
{
    private const string Row = "{0,-54} {1,-10} {2,12} {3,12} {4,12} {5,12} {6,8}  {7}";

    private readonly TextWriter _output;

    public ConsoleTable(TextWriter output) => _output = output;

    /// <summary>The machine, the settings and the columns' names.</summary>
    public void WriteHeader(BenchmarkSettings settings)
    {
        _output.WriteLine(
            $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {settings.Repeats} samples per line");
        if (settings.Scale.Factor != 1)
        {
            _output.WriteLine($"Scaled by {settings.Scale.Factor}: sizes, counts and times are not what the names say, and the figures cannot be compared.");
        }

        Write("line", "unit", "median", "min", "max", "limit", "of limit", "limit's name");
    }

    /// <summary>One line's row, and the stores it has used.</summary>
    public void WriteLine(LineResult result)
    {
        Write(
            result.Name,
            result.Unit,
            Figure.Text(result.Figures.Median),
            Figure.Text(result.Figures.Min),
            Figure.Text(result.Figures.Max),
            Figure.Text(result.Limit.Figures.Median),
            Figure.Percent(result.Ratio),
            result.Limit.Name);
        foreach (NodeInfo node in result.Stores)
        {
            _output.WriteLine($"  store{(result.Stores.Count > 1 ? $" of {node.NodeId}" : "")}: {StoreText.Of(node.ObjectStore!)}");
        }

        _output.Flush();
    }

    /// <summary>Every variant of the limits that have several.</summary>
    public void WriteVariants(IReadOnlyList<LineResult> results)
    {
        LineResult[] several = [.. results.Where(result => result.Variants.Count > 1)];
        if (several.Length == 0)
        {
            return;
        }

        _output.WriteLine();
        _output.WriteLine("Limits, median of each variant, in the unit of the line:");
        foreach (LineResult result in several)
        {
            _output.WriteLine($"  {result.Name}: {string.Join("; ", result.Variants.Select(v => $"{v.Name} {Figure.Text(v.Figures.Median)}"))}");
        }
    }

    private void Write(params object[] cells)
    {
        _output.WriteLine(string.Format(System.Globalization.CultureInfo.InvariantCulture, Row, cells));
        _output.Flush();
    }
}
