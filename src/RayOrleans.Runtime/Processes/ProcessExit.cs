using System.Diagnostics;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Processes;

/// <summary>What the end of a worker process says: how it ended, and whether that was its own doing.</summary>
internal static class ProcessExit
{
    /// <summary>The code of a worker process that has ended because its node was gone, or had closed the connection.</summary>
    public const int NodeGone = 86;

    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>What is known of the end; null: it ended because its node wanted that.</summary>
    /// <param name="process">The process; it has ended.</param>
    /// <param name="tail">The end of what it wrote.</param>
    public static SessionEnd? Of(Process process, string tail) => process.ExitCode switch
    {
        NodeGone => null,
        > SignalBase and <= SignalBase + LastSignal and var code => new SessionEnd($"it was ended by signal {code - SignalBase}{NameOf(code - SignalBase)}{tail}") { IsOwnDoing = IsOwnDoing(code - SignalBase) },
        var code => new SessionEnd($"it exited with code {code}{tail}") { IsOwnDoing = true },
    };

    /// <summary>Faults and aborts come from what runs in the process; all other signals are sent to it.</summary>
    private static bool IsOwnDoing(int signal) => signal is 4 or 5 or 6 or 7 or 8 or 11 or 31;

    private static string NameOf(int signal) => signal switch
    {
        6 => " (SIGABRT: an unhandled exception, a stack overflow or a failed assertion)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    };
}
