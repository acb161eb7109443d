using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>A second silo as a process of its own, on loopback and free ports: this same program, with <c>start</c>. Ended by its id, in any case.</summary>
internal sealed partial class SecondNode : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private SecondNode(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += OnThisProcessEnds;
    }

    /// <summary>Its <c>ray://</c> address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it and waits until it is up.</summary>
    /// <param name="storeBytes">The size of its object store.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not up in time.</exception>
    public static SecondNode Start(long storeBytes)
    {
        ProcessStartInfo start = new(Host()) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove(RayOptions.AddressVariable);
        string[] arguments = ["exec", typeof(SecondNode).Assembly.Location, "start", "--object-store-memory", FormattableString.Invariant($"{storeBytes}")];
        Array.ForEach(arguments, start.ArgumentList.Add);
        SecondNode node = new(Process.Start(start)!);
        try
        {
            node.WaitUntilUp();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnThisProcessEnds;
        End();
        _process.Dispose();
    }

    /// <summary>The host of this process's own runtime: the program may have been started by its own executable or by a test runner.</summary>
    private static string Host() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    [GeneratedRegex(@"is up at (ray://\S+)")]
    private static partial Regex UpLine();

    private void WaitUntilUp()
    {
        TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> errors = [];
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                address.TrySetException(new InvalidOperationException("The second node ended before it was up."));
            }
            else if (UpLine().Match(e.Data) is { Success: true } match)
            {
                address.TrySetResult(match.Groups[1].Value);
            }
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (errors)
            {
                errors.Add(e.Data ?? "");
            }
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            Address = address.Task.WaitAsync(StartTimeout).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            lock (errors)
            {
                throw new InvalidOperationException($"The second node did not start: {e.Message} {string.Join(' ', errors)}", e);
            }
        }
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
