using System.Reflection;
using RayOrleans.Runtime.Processes;

namespace RayOrleans;

/// <summary>
/// Lets a program's node start worker processes (<c>isolation: JobProcess</c> and <c>Process</c>): the program itself is what runs in them.
/// <code>
/// if (RayWorker.TryRun(args, out int exitCode)) return exitCode;    // the first line of Main
/// </code>
/// A worker starts as fast as the program gets to this line, and runs nothing of it that comes after. The executable of a silo has it.
/// </summary>
public static class RayWorker
{
    private const string Argument = "ray-worker";

    /// <summary>Runs a worker, where the program was started as one; otherwise notes that this program can be, and returns at once.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="exitCode">What the program should return, where it was a worker.</param>
    /// <returns>Whether it was.</returns>
    public static bool TryRun(string[] args, out int exitCode)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is [Argument])
        {
            exitCode = WorkerMain.Run();
            return true;
        }

        exitCode = 0;
        WorkerCommand.OfProcess ??= CommandOf(Environment.ProcessPath, Assembly.GetEntryAssembly()?.Location);
        return false;
    }

    /// <summary>The command that starts this program again: itself, or what runs its assembly.</summary>
    private static WorkerCommand? CommandOf(string? process, string? assembly)
    {
        if (process is null)
        {
            return null;
        }

        bool isHost = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        if (!isHost)
        {
            return new WorkerCommand(process, [Argument]);
        }

        return string.IsNullOrEmpty(assembly) ? null : new WorkerCommand(process, ["exec", assembly, Argument]);
    }
}
