using System.Diagnostics;
using RayOrleans.Silo.Children;
using RayOrleans.Silo.CommandLine;

namespace RayOrleans.Silo.Microbenchmark.Parts;

/// <summary>A part of a line in a process of its own: this same program. Ended by its id, in any case. Used by one thread.</summary>
internal sealed class PartProcess : IDisposable
{
    private readonly Process _process;

    private PartProcess(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += OnThisProcessEnds;
    }

    /// <summary>The first line that it wrote, when it was ready.</summary>
    public string First { get; private set; } = "";

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended before that.</exception>
    public static PartProcess Start(params string[] arguments)
    {
        ProcessStartInfo start = new(DotnetHost.FileName) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Remove(RayOptions.AddressVariable);
        string[] all = ["exec", typeof(PartProcess).Assembly.Location, PartCommand.Name, .. arguments];
        Array.ForEach(all, start.ArgumentList.Add);
        PartProcess part = new(Process.Start(start)!);
        try
        {
            part.First = part.Answer();
            return part;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Has it do a round.</summary>
    public void Ask() => _process.StandardInput.WriteLine();

    /// <summary>Waits for the end of the round, and gives what it says.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("A process of the benchmark has ended.");

    /// <summary>Ends it: in good order, if it does so at once.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnThisProcessEnds;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            End();
        }

        _process.Dispose();
    }

    private void OnThisProcessEnds(object? sender, EventArgs e) => End();

    private void End()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }
}
