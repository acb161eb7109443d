using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Jobs;

/// <summary>
/// The process between a node and a submitted program: it starts the program with its own standard output and error, and ends it when its standard input ends,
/// which it does when the node stops it, stops itself or is killed. So no program outlives its node.
/// </summary>
internal static class ProgramWatch
{
    /// <summary>The program could not be started.</summary>
    public const int NotStarted = 125;

    /// <summary>How long a program that is told to end may take, before it is killed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Runs the program that standard input names.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(TextReader input, TextWriter errors)
    {
        string? line = await input.ReadLineAsync().ConfigureAwait(false);
        if (line is null)
        {
            return NotStarted;
        }

        ProgramStart start = JsonSerializer.Deserialize(line, JobJson.Default.ProgramStart)!;
        using Process? program = await StartAsync(start, errors).ConfigureAwait(false);
        if (program is null)
        {
            return NotStarted;
        }

        Task ended = program.WaitForExitAsync();
        if (await Task.WhenAny(ended, UntilEndAsync(input)).ConfigureAwait(false) != ended)
        {
            await EndAsync(program).ConfigureAwait(false);
        }

        await ended.ConfigureAwait(false);

        // Its id may be another process' from now on.
        File.Delete(start.IdFile);
        return program.ExitCode;
    }

    private static async Task<Process?> StartAsync(ProgramStart start, TextWriter errors)
    {
        // Its standard input is a pipe that is closed at once: a program in a cluster has nobody to ask.
        ProcessStartInfo info = new(start.FileName, start.Arguments) { WorkingDirectory = start.Folder, RedirectStandardInput = true };
        try
        {
            Process program = Process.Start(info)!;
            program.StandardInput.Close();
            await File.WriteAllTextAsync(start.IdFile, program.Id.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
            return program;
        }
        catch (Win32Exception e)
        {
            await errors.WriteLineAsync($"{start.FileName} cannot be started: {e.Message}").ConfigureAwait(false);
            return null;
        }
    }

    private static async Task UntilEndAsync(TextReader input)
    {
        while (await input.ReadLineAsync().ConfigureAwait(false) is not null)
        {
            // Nothing else is said: the end is what counts.
        }
    }

    private static async Task EndAsync(Process program)
    {
        if (ProcessSignal.IsSupported)
        {
            ProcessSignal.Send(program.Id, ProcessSignal.Terminate);
            using CancellationTokenSource limit = new(Grace);
            try
            {
                await program.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException)
            {
                // It was asked.
            }
        }

        program.Kill(entireProcessTree: true);
    }
}
