using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace RayOrleans.Silo.Children;

/// <summary>A silo as a process of its own, on loopback and free ports: this same program, with <c>start</c>. Ended by its id, in any case.</summary>
internal sealed partial class ChildSilo : IDisposable
{
    private const int KeptLines = 40;
    private const int MaxStarts = 3;
    private static readonly ConcurrentBag<int> StartedIds = [];
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Queue<string> _log = new();
    private readonly TaskCompletionSource<(string Node, string Address)> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildSilo(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += OnThisProcessEnds;
        _process.OutputDataReceived += (_, e) => OnOutput(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLog(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The ids of all processes that were started.</summary>
    public static IReadOnlyCollection<int> Started => StartedIds;

    /// <summary>Its <c>ray://</c> address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Its node.</summary>
    public NodeId NodeId { get; private set; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The exit code of one that has ended; 137 after SIGKILL.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines of its log.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    /// <summary>Starts one and waits until it is up.</summary>
    /// <param name="arguments">The options of <c>start</c>.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not up in time; with the end of its log.</exception>
    public static Task<ChildSilo> StartAsync(params string[] arguments) => StartAsync(static _ => { }, arguments);

    /// <summary>Starts one and waits until it is up.</summary>
    /// <param name="started">Told its process id as soon as there is one.</param>
    /// <param name="arguments">The options of <c>start</c>.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not up in time; with the end of its log.</exception>
    public static async Task<ChildSilo> StartAsync(Action<int> started, params string[] arguments)
    {
        // Its standard input ends with this process, however that ends; then it stops.
        ProcessStartInfo start = new(DotnetHost.FileName) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove(RayOptions.AddressVariable);
        foreach (string argument in (string[])["exec", typeof(ChildSilo).Assembly.Location, "start", "--until-input-ends", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        ChildSilo child = new(Process.Start(start)!);
        StartedIds.Add(child.ProcessId);
        started(child.ProcessId);
        try
        {
            (string node, child.Address) = await child._up.Task.WaitAsync(StartTimeout).ConfigureAwait(false);
            child.NodeId = NodeId.Parse(node);
            return child;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            child.Dispose();
            throw new InvalidOperationException($"A silo did not start: {e.Message} {child.Log}", e);
        }
    }

    /// <summary>Starts one, and another one where it does not come up: one that gets too little of a busy machine while it joins is declared dead like any other.</summary>
    /// <param name="log">Told of each that did not come up.</param>
    /// <param name="started">Told the process id of each as soon as there is one.</param>
    /// <param name="arguments">The options of <c>start</c>.</param>
    /// <exception cref="InvalidOperationException">None came up.</exception>
    public static async Task<ChildSilo> StartPatientlyAsync(Action<string> log, Action<int> started, params string[] arguments)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAsync(started, arguments).ConfigureAwait(false);
            }
            catch (InvalidOperationException e) when (attempt < MaxStarts)
            {
                log($"another process is started in place of one that did not come up: {e.Message}");
            }
        }
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            ProcessSignal.Send(_process.Id, signal);
        }
    }

    /// <summary>As the kernel ends a process: nothing of its own runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Lets it leave in good order, so that its files are gone.</summary>
    /// <returns>False: it did not end in time and was killed.</returns>
    public async Task<bool> LeaveAsync()
    {
        Signal(ProcessSignal.Terminate);
        using CancellationTokenSource limit = new(LeaveTimeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnThisProcessEnds;
        End();
        _process.Dispose();
    }

    [GeneratedRegex(@"Node (\S+) is up at (ray://\S+)")]
    private static partial Regex UpLine();

    private void OnOutput(string? line)
    {
        if (line is null)
        {
            _up.TrySetException(new InvalidOperationException("it ended before it was up."));
        }
        else if (UpLine().Match(line) is { Success: true } match)
        {
            _up.TrySetResult((match.Groups[1].Value, match.Groups[2].Value));
        }
    }

    private void OnLog(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            if (_log.Count == KeptLines)
            {
                _log.Dequeue();
            }

            _log.Enqueue(line);
        }
    }

    private void OnThisProcessEnds(object? sender, EventArgs e) => End();

    private void End()
    {
        if (!_process.HasExited)
        {
            // Also ends a process that is stopped.
            _process.Kill();
            _process.WaitForExit();
        }
    }
}
