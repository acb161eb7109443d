using System.Diagnostics;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A process that a test started, and ends whatever happens.</summary>
internal class ChildProcess : IAsyncDisposable
{
    /// <summary>Longer than anything here takes on a machine whose processors are shared by fifty threads.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private readonly string _name;
    private readonly Process _process;

    protected ChildProcess(string name, string assembly, params string[] arguments)
        : this(name, assembly, arguments, new Dictionary<string, string>())
    {
    }

    protected ChildProcess(string name, string assembly, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        _name = name;
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment.Remove("RAYORLEANS_ADDRESS");
        start.Environment["RayOrleans__Cluster__JoinTimeout"] = "00:02:00";
        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Output.Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Errors.Add(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += OnTestsEnd;
    }

    public OutputLines Output { get; } = new();

    public OutputLines Errors { get; } = new();

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    protected StreamWriter Input => _process.StandardInput;

    /// <summary>As the kernel ends a process: nothing of its own runs any more.</summary>
    public void Kill() => _process.Kill();

    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    public async Task<int> ExitCodeAsync(string what)
    {
        await Bounded(_process.WaitForExitAsync, what);
        return _process.ExitCode;
    }

    public Task<string> LineAsync(Func<string, bool> fits, string what) => LineAsync(Output, fits, what);

    public Task<string> ErrorLineAsync(Func<string, bool> fits, string what) => LineAsync(Errors, fits, what);

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnTestsEnd;
        End();
        await _process.WaitForExitAsync();
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<(string Line, int Next)> FindAsync(OutputLines lines, Func<string, bool> fits, int from, string what)
    {
        (string Line, int Next)? found = null;
        await Bounded(async token => found = await lines.FindAsync(fits, from, token), what);
        return found ?? throw new InvalidOperationException($"{_name} has ended while the test waited for {what}.{Said()}");
    }

    private async Task<string> LineAsync(OutputLines lines, Func<string, bool> fits, string what) => (await FindAsync(lines, fits, 0, what)).Line;

    private async Task Bounded(Func<CancellationToken, Task> wait, string what)
    {
        using CancellationTokenSource limit = new(Patience);
        try
        {
            await wait(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"{_name}: waited {Patience.TotalSeconds:0} s for {what}.{Said()}");
        }
    }

    private string Said() => $"\n--- its output\n{Output.All}\n--- its log\n{Errors.All}";

    private void OnTestsEnd(object? sender, EventArgs e) => End();

    private void End()
    {
        if (!_process.HasExited)
        {
            // Also ends a process that is stopped.
            _process.Kill();
        }
    }
}
