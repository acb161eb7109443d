using System.CommandLine;
using RayOrleans.Silo.Endurance;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>endurance</c>: objects are made and dropped for long, and nobody's memory may grow.</summary>
internal static class EnduranceCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        Option<long> objects = NumberOption.Create("--objects", "How many objects are made and dropped.", 10_000_000L, 1000, long.MaxValue);
        Option<double> minutes = NumberOption.Create("--minutes", "It ends after this time at the latest.", 60.0, 0.05, 24 * 60);
        Option<double> look = NumberOption.Create("--look", "Seconds between two looks at everybody's memory.", 5.0, 0.1, 3600);
        Command command = new("endurance", "Makes and drops objects of mixed sizes on two silo processes and across them, and fails when the memory of any process or the tables grow.")
        {
            objects, minutes, look,
        };
        command.SetAction((parsed, cancellationToken) => EnduranceSession.RunAsync(
            new EnduranceSettings
            {
                Objects = parsed.GetValue(objects),
                Limit = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Look = TimeSpan.FromSeconds(parsed.GetValue(look)),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        command.Subcommands.Add(Chain());
        return command;
    }

    private static Command Chain()
    {
        Option<long> tasks = NumberOption.Create("--tasks", "How long the chain is.", 1_000_000L, 1, long.MaxValue);
        Option<long> lineage = NumberOption.Create("--lineage-bytes", "What may be kept of its tasks, in bytes.", 1L << 30, 0, long.MaxValue);
        Option<double> look = NumberOption.Create("--look", "Seconds between two looks.", 2.0, 0.1, 3600);
        Command command = new("chain", "A chain x = f(x) of which the last reference is held: what is kept of its tasks stays within the bound of lineage, and it is said when there is more.")
        {
            tasks, lineage, look,
        };
        command.SetAction((parsed, cancellationToken) => ChainSession.RunAsync(
            new ChainSettings { Tasks = parsed.GetValue(tasks), LineageBytes = parsed.GetValue(lineage), Look = TimeSpan.FromSeconds(parsed.GetValue(look)) },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }
}
