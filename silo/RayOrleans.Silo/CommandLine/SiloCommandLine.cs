using System.CommandLine;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command line as a whole. Each command is a class of its own with a <c>Create</c> method; they are listed here and nowhere else.</summary>
internal static class SiloCommandLine
{
    /// <summary>The root command with every command below it.</summary>
    public static RootCommand Create()
    {
        RootCommand root = new("RayOrleans: Ray's programming model on Microsoft Orleans.");
        root.Subcommands.Add(StartCommand.Create());
        root.Subcommands.Add(SubmitCommand.Create());
        root.Subcommands.Add(JobsCommand.Create());
        root.Subcommands.Add(MicrobenchmarkCommand.Create());
        root.Subcommands.Add(ChaosCommand.Create());
        root.Subcommands.Add(DatabaseCommand.Create());
        root.Subcommands.Add(EnduranceCommand.Create());
        root.Subcommands.Add(FigureCommand.Create());
        root.Subcommands.Add(PartCommand.Create());
        root.Subcommands.Add(RunProgramCommand.Create());
        return root;
    }
}
