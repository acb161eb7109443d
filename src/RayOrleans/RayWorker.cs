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

    /// <summary>Lets nodes that are started from now on run worker processes by another program, whose Main begins with <see cref="TryRun"/>: for hosts that cannot be started again, such as a test runner. It must have the assemblies whose functions are called.</summary>
    /// <param name="assembly">The path of the program's assembly.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static void Use(string assembly)
    {
        ArgumentException.ThrowIfNullOrEmpty(assembly);
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"There is no program {assembly} to run worker processes with.", assembly);
        }

        string process = Environment.ProcessPath ?? "dotnet";
        WorkerCommand.OfProcess = new WorkerCommand(IsHost(process) ? process : "dotnet", ["exec", Path.GetFullPath(assembly), Argument]);
    }

    private static bool IsHost(string process) => Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    /// <summary>The command that starts this program again: itself, or what runs its assembly.</summary>
    private static WorkerCommand? CommandOf(string? process, string? assembly)
    {
        if (process is null)
        {
            return null;
        }

        if (!IsHost(process))
        {
            return new WorkerCommand(process, [Argument]);
        }

        return string.IsNullOrEmpty(assembly) ? null : new WorkerCommand(process, ["exec", assembly, Argument]);
    }
}
