using System.CommandLine;
using RayOrleans.Silo.Figures;
using RayOrleans.Silo.Figures.Flushing;
using RayOrleans.Silo.Figures.Writes;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>figure</c>: figures of the paper, measured on this machine.</summary>
internal static class FigureCommand
{
    /// <summary>The command with one command per figure.</summary>
    public static Command Create()
    {
        Command command = new("figure", "Measures a figure of the Ray paper on processes of this machine, and prints and plots it.");
        command.Subcommands.Add(Writes10a());
        command.Subcommands.Add(Flushing10b());
        command.Subcommands.Add(Reconstruction11a());
        return command;
    }

    private static Command Writes10a()
    {
        Option<int> seconds = NumberOption.Create("--seconds", "How long is written.", 60, 6, 3600);
        Option<int> keys = NumberOption.Create("--keys", "How many keys are written in turns.", 10_000, 1, 10_000_000);
        Option<bool> leaves = new("--leave") { Description = "The silo leaves in good order instead of being killed." };
        Option<string?> gcs = new("--gcs") { Description = "Where the shards are kept, as start takes it; default: on this machine, files that are deleted with the cluster." };
        Option<string?> csv = new("--csv") { Description = "A file for the numbers." };
        Option<string?> svg = new("--svg") { Description = "A file for the picture." };
        Command command = new("10a", "One client writes 25-byte keys with 512-byte values while the silo with most shards is killed and another one joins: how long writes take.")
        {
            seconds, keys, leaves, gcs, csv, svg,
        };
        command.SetAction((parsed, cancellationToken) => WriteFigure.RunAsync(
            new WriteSettings
            {
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Keys = parsed.GetValue(keys),
                Leaves = parsed.GetValue(leaves),
                Gcs = parsed.GetValue(gcs),
                Csv = parsed.GetValue(csv),
                Svg = parsed.GetValue(svg),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static Command Flushing10b()
    {
        Option<long> tasks = NumberOption.Create("--tasks", "How many tasks are run, at most.", 50_000_000L, 1000, long.MaxValue);
        Option<double> minutes = NumberOption.Create("--minutes", "It ends after this time with as many as there are by then.", 5.0, 0.05, 7 * 24 * 60);
        Option<bool> full = new("--full") { Description = "All tasks, however long that takes." };
        Option<long> rate = NumberOption.Create("--rate", "Tasks that are begun per second; 0: as many as can be.", 0L, 0, 10_000_000);
        Option<string?> gcs = new("--gcs") { Description = "Where the shards are kept, as start takes it; default: on this machine, files that are deleted with the cluster." };
        Option<bool> keeps = new("--keep") { Description = "Finished tasks stay in the shards: memory grows." };
        Option<double> look = NumberOption.Create("--look", "Seconds between two looks at everybody's memory.", 5.0, 0.1, 3600);
        Option<string?> csv = new("--csv") { Description = "A file for the numbers." };
        Option<string?> svg = new("--svg") { Description = "A file for the picture." };
        Command command = new("10b", "50 million no-op tasks, one after the other, of all of which the shards are told: the memory of every process. Five minutes of it, unless --full.")
        {
            tasks, minutes, full, rate, gcs, keeps, look, csv, svg,
        };
        command.SetAction((parsed, cancellationToken) => FlushingFigure.RunAsync(
            new FlushingSettings
            {
                Tasks = parsed.GetValue(tasks),
                Limit = parsed.GetValue(full) ? TimeSpan.MaxValue : TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Look = TimeSpan.FromSeconds(parsed.GetValue(look)),
                Flushes = !parsed.GetValue(keeps),
                Rate = parsed.GetValue(rate),
                Gcs = parsed.GetValue(gcs),
                Csv = parsed.GetValue(csv),
                Svg = parsed.GetValue(svg),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
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
