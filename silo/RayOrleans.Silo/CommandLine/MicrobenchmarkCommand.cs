using System.CommandLine;
using RayOrleans.Silo.Microbenchmark;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>microbenchmark</c>: Ray's own lines, each beside the limit of what it is built on.</summary>
internal static class MicrobenchmarkCommand
{
    private const int MostRepeats = 1000;
    private const double LeastScale = 0.000_1;
    private const double MostScale = 10;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        Option<string[]> filter = new("--filter") { Description = "Run only lines whose name contains this text, in any case. May be given several times." };
        Option<FileInfo?> json = new("--json") { Description = "Also write the results to this file, as a JSON array." };
        Option<int> repeats = NumberOption.Create("--repeats", "Samples per line, after a warm-up.", BenchmarkSettings.DefaultRepeats, 1, MostRepeats);
        Option<double> scale = NumberOption.Create(
            "--scale", "Multiplies sizes and counts; other values than 1 give figures that cannot be compared.", 1, LeastScale, MostScale);
        Option<bool> full = new("--full") { Description = "Ten times as many puts through the 1 GB store: 10,000." };
        Option<bool> list = new("--list") { Description = "Print the names of the lines and run nothing." };

        Command command = new("microbenchmark", "Measures tasks, objects and actors on an embedded node, as Ray's command of this name does, beside the limits of the machine.")
        {
            filter, json, repeats, scale, full, list,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new BenchmarkSettings
            {
                Filters = parsed.GetValue(filter) ?? [],
                JsonFile = parsed.GetValue(json),
                Repeats = parsed.GetValue(repeats),
                Scale = new BenchmarkScale(parsed.GetValue(scale), parsed.GetValue(full)),
            },
            parsed.GetValue(list),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(BenchmarkSettings settings, bool listOnly, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        IReadOnlyList<BenchmarkLine> lines = LineFilter.Select(LineCatalog.All, settings.Filters);
        if (lines.Count == 0)
        {
            error.WriteLine($"No line's name contains {string.Join(" or ", settings.Filters.Select(f => $"\"{f}\""))}. See --list.");
            return Task.FromResult(1);
        }

        if (!listOnly)
        {
            return MicrobenchmarkSession.RunAsync(lines, settings, output, error, cancellationToken);
        }

        foreach (BenchmarkLine line in lines)
        {
            output.WriteLine(line.Name);
        }

        return Task.FromResult(0);
    }
}
