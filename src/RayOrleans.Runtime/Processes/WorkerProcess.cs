using System.Diagnostics;
using RayOrleans.Core;
using RayOrleans.Runtime.Output;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// A worker process as its node sees it. It is started as a spare; bound to a job once, when there is work for it; and it ends once: with its job, when it has been
/// idle for long, or by itself. Its standard input is how it notices that its node is gone.
/// </summary>
internal sealed class WorkerProcess : SessionHost
{
    private const int KeptLines = 40;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long its last lines are awaited once it has exited: what it started may hold its streams for ever.</summary>
    private static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(2);

    private readonly WorkerProcesses _pool;
    private readonly Lock _lock = new();
    private readonly Queue<string> _errors = new();
    private readonly WorkerOutput _output;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private SessionChannel? _channel;
    private SessionLink? _link;
    private readonly WarmUp _warmUp;
    private (TaskId Task, int Attempt)? _culprit;
    private bool _isEnding;
    private JobRecord? _job;
    private bool _hasFolder;
    private long? _leftAt;

    public WorkerProcess(NodeServices node, WorkerProcesses pool, ProcessAccess access, NodeEngine engine, ProcessEnvironment? environment = null)
        : base(node, access)
    {
        Environment = environment;
        _pool = pool;
        Token = Handshake.NewToken();
        Session = engine.OpenSession("worker process");
        Session.Host = this;
        _warmUp = new WarmUp(node);
        IdleSince = CreatedAt = Clock.Now;
        _output = new WorkerOutput(node);
    }

    /// <summary>What it shows when it connects.</summary>
    public byte[] Token { get; }

    /// <summary>What it finds around it; null: what its node does.</summary>
    public ProcessEnvironment? Environment { get; }

    /// <inheritdoc/>
    public override NodeSession Session { get; }

    /// <summary>Whether it works for a job; else it is a spare one.</summary>
    public bool IsBound { get; private set; }

    /// <summary>Whether nothing is left to be compiled on the way of its first task.</summary>
    public bool IsWarm => _warmUp.IsDone;

    /// <summary>The job that it works for.</summary>
    public JobId Job { get; private set; }

    /// <inheritdoc/>
    protected override JobId JobId => Job;

    /// <summary>For one task at a time, or for one actor.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>When it was made.</summary>
    public long CreatedAt { get; }

    /// <summary>Since when it has had nothing to do. Under the engine's lock.</summary>
    public long IdleSince { get; set; }

    /// <summary>How fast it is. Under the engine's lock.</summary>
    public Pace Pace { get; } = new();

    /// <summary>Its process id; 0: it is being started.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Starts the process, in the folder with its files if it has some. It connects by itself.</summary>
    public async Task StartAsync(WorkerCommand command, string socketPath)
    {
        string? folder = null;
        if (Environment?.Files is { } files)
        {
            folder = await AcquireFolderAsync(files).ConfigureAwait(false);
            if (folder is null)
            {
                return;
            }
        }

        Start(command, socketPath, folder);
    }

    /// <summary>The folder with its files; null: it has ended.</summary>
    private async Task<string?> AcquireFolderAsync(string files)
    {
        string folder;
        try
        {
            folder = await Node.Files.AcquireAsync(Job, files).ConfigureAwait(false);
        }
        catch (RuntimeEnvException e)
        {
            End(new SessionEnd($"it was not started: {e.Message.TrimEnd('.')}") { NoEnvironment = e });
            return null;
        }

        lock (_lock)
        {
            if (!_isEnding)
            {
                _hasFolder = true;
                return folder;
            }
        }

        Node.Files.Release(Job, files, _job!.IsEnded);
        return null;
    }

    private void Start(WorkerCommand command, string socketPath, string? folder)
    {
        ProcessStartInfo start = new(command.FileName) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        WorkerEnvironment.Set(start.Environment, Environment?.Variables);
        if (folder is not null)
        {
            start.WorkingDirectory = folder;
            start.Environment[WorkerEnvironment.FolderVariable] = folder;
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
            _output.ProcessId = process.Id;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            End($"it could not be started: {e.Message}");
            return;
        }

        process.Exited += (_, _) => _exited.TrySetResult();
        process.EnableRaisingEvents = true;
        process.OutputDataReceived += (_, e) => OnLine(e.Data, isError: false);
        process.ErrorDataReceived += (_, e) => OnLine(e.Data, isError: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool isLate;
        lock (_lock)
        {
            _process = process;
            ProcessId = process.Id;
            isLate = _isEnding;
            Rename();
        }

        try
        {
            process.StandardInput.WriteLine(socketPath);
            process.StandardInput.WriteLine(Convert.ToHexString(Token));
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended already, which is noticed below.
        }

        _ = WatchAsync(process);
        if (isLate)
        {
            process.Kill();
        }
    }

    /// <summary>It works for a job from now on. Under the engine's lock.</summary>
    public NodeSession Bind(JobRecord job, bool isOwn)
    {
        lock (_lock)
        {
            IsBound = true;
            Job = job.Id;
            _job = job;
            _output.Bind(job);
            IsOwn = isOwn;
        }

        return Session;
    }

    /// <summary>It has connected: it gets warm, and sends and takes the messages of its session.</summary>
    public void Attach(SessionChannel channel, ProcessSetup setup)
    {
        SessionLink link;
        lock (_lock)
        {
            if (_isEnding || _channel is not null)
            {
                channel.Dispose();
                return;
            }

            _channel = channel;
            TrySend(channel, setup.ToBytes());
            _link = link = MakeLink(channel, OnMessages, OnLinkEnded);
        }

        // What it was started for is not kept waiting.
        if (IsBound)
        {
            _warmUp.Skip();
        }

        List<SessionMessage> warmUp = _warmUp.IsDone ? [] : _warmUp.Begin();
        link.Start();
        link.Send(warmUp);
    }

    /// <inheritdoc/>
    public override void Signal()
    {
        SessionLink? link;
        lock (_lock)
        {
            link = _link;
        }

        link?.Signal();
    }

    /// <summary>Whether its job has ended, and no detached actor lives there any more, for so long. Under the engine's lock.</summary>
    public bool IsLeftBehind(long now, long ticks)
    {
        if (_job is not { IsEnded: true } || Session.HostsDetached)
        {
            _leftAt = null;
            return false;
        }

        _leftAt ??= now;
        return now - _leftAt > ticks;
    }

    /// <summary>Ends it: what it runs has failed.</summary>
    public void End(string why) => End(new SessionEnd(why));

    /// <summary>Ends it, now that its session is closed: the process at once, and on another thread what waits for that.</summary>
    public void Stop(SessionEnd end)
    {
        Process? process;
        lock (_lock)
        {
            process = _process;
        }

        process?.Kill();
        _ = Task.Run(() => End(end));
    }

    private void End(SessionEnd end)
    {
        Process? process;
        bool hasFolder;
        lock (_lock)
        {
            if (_isEnding)
            {
                return;
            }

            _isEnding = true;
            process = _process;
            hasFolder = _hasFolder;
        }

        _pool.Forget(this);
        Node.Gate.Do(engine => engine.CloseSession(Session, end, Clock.Now));

        _link?.Dispose();
        _channel?.Dispose();
        if (process is { HasExited: false })
        {
            process.Kill();
        }

        if (IsBound)
        {
            // Once it is gone: until then it may seal more, and uses the files of its code.
            process?.WaitForExit(ExitTimeout);
            Access.EndKeys(StoreKeys);
            Node.Code?.OnProcessEnded();
        }

        if (hasFolder)
        {
            Node.Files.Release(Job, Environment!.Files!, _job!.IsEnded);
        }
    }

    /// <summary>How it has ended, once it has; what it says of that is there.</summary>
    private SessionEnd EndOf(Process process, string otherwise)
    {
        SessionEnd end = ProcessExit.Of(process, Tail()) ?? new SessionEnd(otherwise);
        lock (_errors)
        {
            return end.IsOwnDoing && _culprit is { } culprit ? end with { Culprit = culprit.Task, CulpritAttempt = culprit.Attempt } : end;
        }
    }

    private static void TrySend(SessionChannel channel, byte[] frame)
    {
        try
        {
            Handshake.SendFrame(channel, frame);
        }
        catch (Exception e) when (SessionChannel.IsBreak(e))
        {
            // Its end is noticed by whoever waits for its process.
        }
    }

    private void Rename()
    {
        Session.Name = $"worker process {ProcessId}";
    }

    private void OnMessages(List<SessionMessage> messages)
    {
        if (!_warmUp.IsDone)
        {
            List<SessionMessage> next = [];
            messages.RemoveAll(m => _warmUp.TryTake(m, next));
            _link!.Send(next);
        }
        else
        {
            // What its last ones let go of comes after them.
            messages.RemoveAll(WarmUp.IsAnswer);
        }

        if (messages.Count > 0)
        {
            Take(messages);
        }
    }

    /// <inheritdoc/>
    protected override void OnTaken(SessionMessage message)
    {
        if (message is AttemptEndedMessage ended)
        {
            Pace.Ran(Session.RunningName(ended.Task, ended.Attempt), ended.Microseconds);
        }
    }

    /// <inheritdoc/>
    protected override void OnAllTaken(long now) => IdleSince = now;

    private void OnLinkEnded(string why)
    {
        lock (_lock)
        {
            if (_isEnding)
            {
                // It was closed from here, and the process is still to be ended.
                return;
            }
        }

        // Whoever noticed this may be about to send something to others.
        _ = EndLinkAsync(why);
    }

    private async Task EndLinkAsync(string why)
    {
        // How the process ended says more, if it has.
        if (_process is { } process && await IsDoneInTimeAsync(_exited.Task, ExitTimeout).ConfigureAwait(false))
        {
            await EndWithExitAsync(process, why).ConfigureAwait(false);
            return;
        }

        End(why);
    }

    /// <summary>It has exited: it ends with what that and its last lines say.</summary>
    private async Task EndWithExitAsync(Process process, string otherwise)
    {
        _ = await IsDoneInTimeAsync(Task.WhenAll(_outputEnded.Task, _errorsEnded.Task), OutputTimeout).ConfigureAwait(false);
        End(EndOf(process, otherwise));
    }

    private static async Task<bool> IsDoneInTimeAsync(Task task, TimeSpan time)
    {
        try
        {
            await task.WaitAsync(time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task WatchAsync(Process process)
    {
        if (!await IsDoneInTimeAsync(_exited.Task, StartTimeout).ConfigureAwait(false))
        {
            bool isConnected;
            lock (_lock)
            {
                isConnected = _channel is not null;
            }

            if (!isConnected)
            {
                End($"it did not connect within {StartTimeout}{Tail()}");
            }

            await _exited.Task.ConfigureAwait(false);
        }

        // Not disposed of here: whoever noticed the end first may be asking it how it ended.
        await EndWithExitAsync(process, "it lost its node").ConfigureAwait(false);
    }

    private string Tail()
    {
        lock (_errors)
        {
            return _errors.Count == 0 ? "" : $"; the end of its standard error: {string.Join('\n', _errors)}";
        }
    }

    private void OnLine(string? line, bool isError)
    {
        if (line is null)
        {
            _output.End(isError);
            (isError ? _errorsEnded : _outputEnded).TrySetResult();
            return;
        }

        (string? function, string text) = TaskOutput.Split(line);
        if (isError && CrashMarker.TryRead(text, out TaskId task, out int attempt))
        {
            lock (_errors)
            {
                _culprit = (task, attempt);
            }

            return;
        }

        _output.Write(isError, function, text);
        if (isError)
        {
            lock (_errors)
            {
                _errors.Enqueue(text);
                if (_errors.Count > KeptLines)
                {
                    _errors.Dequeue();
                }
            }
        }
    }
}
