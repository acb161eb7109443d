using System.CommandLine;
using RayOrleans.Silo.CommandLine;

namespace RayOrleans.Silo.Tests.CommandLine;

/// <summary>One call of the command line, with what it wrote.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ConsoleCall(int ExitCode, string Output, string Error)
{
    /// <summary>Calls the command line in this process.</summary>
    public static async Task<ConsoleCall> RunAsync(params string[] arguments)
    {
        StringWriter output = new();
        StringWriter error = new();
        int exitCode = await SiloCommandLine.Create().Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return new ConsoleCall(exitCode, output.ToString(), error.ToString());
    }
}
