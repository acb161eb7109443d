using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RayOrleans.Silo.Children;

/// <summary>Signals to other processes, as <c>kill</c> sends them; Linux and macOS.</summary>
internal static partial class ProcessSignal
{
    public const int Terminate = 15;

    private const int NoSuchProcess = 3;

    /// <summary>Stops a process as a debugger would; it is not asked.</summary>
    public static int Stop { get; } = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Lets a stopped process go on.</summary>
    public static int Continue { get; } = OperatingSystem.IsMacOS() ? 19 : 18;

    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>Sends a signal; a process that has ended meanwhile is none to send it to.</summary>
    /// <exception cref="Win32Exception">It could not be sent.</exception>
    public static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0 && Marshal.GetLastPInvokeError() is not NoSuchProcess and int error)
        {
            throw new Win32Exception(error, $"Signal {signal} could not be sent to process {processId}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
