using System.Diagnostics;

namespace RayOrleans.ObjectStore.Tests.Sharing;

/// <summary>A process of <c>RayOrleans.ObjectStore.TestProcess</c>, ended whatever happens.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Assembly = "RayOrleans.ObjectStore.TestProcess.dll";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _said = [];
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChildProcess(params string[] arguments)
        : this("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, Assembly), .. arguments])
    {
    }

    private ChildProcess(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // A crash is what some of them are for.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Said
    {
        get
        {
            lock (_said)
                return string.Join('\n', _said);
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>A child that a shell starts, to prepare what only a child may change.</summary>
    public static ChildProcess InShell(string script, params string[] arguments) =>
        new("/bin/sh", ["-c", $"{script} dotnet exec '{Path.Combine(AppContext.BaseDirectory, Assembly)}' {string.Join(' ', arguments)}"]);

    /// <summary>The line that begins with "ready".</summary>
    public string Ready() => Result(_ready.Task, "the child to be ready");

    public void Kill() => _process.Kill();

    public void CloseInput() => _process.StandardInput.Close();

    public int ExitCode()
    {
        if (!_process.WaitForExit(Patience))
            throw new TimeoutException($"Waited {Patience} for the child's end. It said: {Said}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Result(Task<string> task, string what)
    {
        try
        {
            return task.WaitAsync(Patience).GetAwaiter().GetResult();
        }
        catch (TimeoutException error) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience} for {what}. It said: {Said}", error);
        }
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            _ready.TrySetException(new InvalidOperationException($"The child has ended before it was ready. It said: {Said}"));
            return;
        }

        lock (_said)
            _said.Add(line);
        if (line.StartsWith("ready", StringComparison.Ordinal))
            _ready.TrySetResult(line);
    }
}
