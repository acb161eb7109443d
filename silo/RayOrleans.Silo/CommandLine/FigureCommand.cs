using System.CommandLine;
using RayOrleans.Silo.Figures;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>figure</c>: figures of the paper, measured on this machine.</summary>
internal static class FigureCommand
{
    /// <summary>The command with one command per figure.</summary>
    public static Command Create()
    {
        Command command = new("figure", "Measures a figure of the Ray paper on processes of this machine, and prints and plots it.");
        command.Subcommands.Add(Reconstruction11a());
        return command;
    }

    private static Command Reconstruction11a()
    {
        Option<int> seconds = NumberOption.Create("--seconds", "How long tasks are run.", 90, 6, 3600);
        Option<int> nodes = NumberOption.Create("--nodes", "Processes that run tasks; two are killed and two added again.", 4, 3, 32);
        Option<int> slots = NumberOption.Create("--tasks-per-node", "Tasks that a node runs at a time.", 4, 1, 64);
        Option<int> links = NumberOption.Create("--links", "Tasks per chain.", 25, 2, 1000);
        Option<string?> csv = new("--csv") { Description = "A file for the numbers." };
        Option<string?> svg = new("--svg") { Description = "A file for the picture." };
        Command command = new("11a", "Linear chains of 100 ms tasks while nodes are killed and others join: throughput, and tasks executed again.")
        {
            seconds, nodes, slots, links, csv, svg,
        };
        command.SetAction((parsed, cancellationToken) => Reconstruction.RunAsync(
            new ReconstructionSettings
            {
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Nodes = parsed.GetValue(nodes),
                TasksPerNode = parsed.GetValue(slots),
                Links = parsed.GetValue(links),
                Csv = parsed.GetValue(csv),
                Svg = parsed.GetValue(svg),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }
}
