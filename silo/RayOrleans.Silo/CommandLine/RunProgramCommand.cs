using System.CommandLine;
using RayOrleans.Silo.Jobs;

namespace RayOrleans.Silo.CommandLine;

/// <summary>A process that a node starts for a submitted program. Not for people, so help does not show it.</summary>
internal static class RunProgramCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "run-program";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new(Name, "Runs a submitted program, and ends it with its node.") { Hidden = true };
        command.SetAction(static async (_, _) =>
        {
            // Console.In would block the thread that reads it.
            using StreamReader input = new(Console.OpenStandardInput());
            return await ProgramWatch.RunAsync(input, Console.Error).ConfigureAwait(false);
        });
        return command;
    }
}
