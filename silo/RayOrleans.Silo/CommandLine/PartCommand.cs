using System.CommandLine;
using RayOrleans.Silo.Microbenchmark.Parts;

namespace RayOrleans.Silo.CommandLine;

/// <summary>A process that <c>microbenchmark</c> starts for lines between processes. Not for people, so help does not show it.</summary>
internal static class PartCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "microbenchmark-part";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string[]> arguments = new("arguments");
        Command command = new(Name, "A part of a microbenchmark, in a process of its own.") { arguments };
        command.Hidden = true;
        command.SetAction(parsed => PartCommands.Run(parsed.GetValue(arguments) ?? [], Console.In, Console.Out));
        return command;
    }
}
